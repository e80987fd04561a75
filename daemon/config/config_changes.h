// The differences of two configurations, object by object, in the words of the file.
//
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/config/config.h"

namespace evenkeel::daemon {

constexpr std::size_t kMostChanges = 200;

/// A line each: "web: web2 weight 1 -> 0", "instance web: virtual_router_id 61 -> 62", "web: web3
/// removed". Instances, groups, services and real servers are known by their names; a value that is
/// a table or a secret is only said to have changed. At most `most` lines, the last of which then
/// says how many more there are.
[[nodiscard]] std::vector<std::string> config_changes(const Config& before, const Config& after,
                                                      std::size_t most = kMostChanges);

}  // namespace evenkeel::daemon
