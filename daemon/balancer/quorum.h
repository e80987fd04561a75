// Whether enough of a service is up: a sum of weights against a limit with a margin around it.
#pragma once

#include <cstdint>

namespace evenkeel::daemon {

/// Lost below quorum - hysteresis, gained at quorum + hysteresis, in between as it was.
[[nodiscard]] bool has_quorum(bool before, std::uint64_t weight, std::uint64_t quorum,
                              std::uint64_t hysteresis);

}  // namespace evenkeel::daemon
