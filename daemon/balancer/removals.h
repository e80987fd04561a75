// How much a new configuration takes away: the guard against the half-empty file (config.md,
// max_removals).
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "daemon/config/config.h"

namespace evenkeel::daemon {

/// Nothing when `after` takes away at most the share that `limit` (that of the configuration in
/// force) allows; else why not: "the new configuration removes 3 of 4 virtual services (75 %),
/// max_removals in force is 50 %". Services and real servers are counted apart; either is enough.
/// Pure.
[[nodiscard]] std::optional<std::string> too_many_removals(const Config& before,
                                                           const Config& after, MaxRemovals limit);

}  // namespace evenkeel::daemon
