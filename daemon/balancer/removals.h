// How much a new configuration takes away: the guard against the half-empty file
// (max_removals).
//
// Objects that vanish by name are counted, each kind apart: instances, the addresses that they
// move, virtual services, real servers. An object with its old name and other values is a change,
// no removal. Objects without a name count by their number within the object that holds them, and
// in full where that object vanishes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "daemon/config/config.h"

namespace evenkeel::daemon {

/// Nothing when `after` takes away at most the share that `limit` (that of the configuration in
/// force) allows, of each kind; else why not: "the new configuration removes 3 of 4 virtual
/// services (75 %), max_removals in force is 50 %". The only one of its kind is 1 of 1 (100 %).
/// Pure.
[[nodiscard]] std::optional<std::string> too_many_removals(const Config& before,
                                                           const Config& after, MaxRemovals limit);

}  // namespace evenkeel::daemon
