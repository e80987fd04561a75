// The derived times of RFC 9568 section 6.1 (version 3) and RFC 3768 section 6.1 (version 2), exact
// to the nanosecond.
#pragma once

#include <cstdint>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// v3: (256 - priority) * interval / 256; v2: (256 - priority) / 256 seconds, whatever the
/// interval.
[[nodiscard]] constexpr Duration skew_time(Version version, std::uint8_t priority,
                                           Duration interval) {
  const Duration unit = version == Version::V3 ? interval : Duration(std::chrono::seconds(1));
  return unit * (256 - priority) / 256;
}

/// Three intervals and the skew: how long a Master may be silent.
[[nodiscard]] constexpr Duration master_down_interval(Version version, std::uint8_t priority,
                                                      Duration interval) {
  return 3 * interval + skew_time(version, priority, interval);
}

/// A Master answers lower-priority advertisements, and tells a new priority, no more often than
/// this.
constexpr Duration kAnswerInterval = std::chrono::milliseconds(10);

/// How long a Master that leaves waits for its successor: the skew of the slowest one, and some.
[[nodiscard]] constexpr Duration leave_limit(Version version, Duration interval) {
  return skew_time(version, 1, interval) + std::chrono::milliseconds(200);
}

/// leave_limit(), and three intervals more where the leaving Master hears another node's final
/// advertisement meanwhile: the others may have taken that node for the Master, and wait for it.
/// And what a Backup takes that has missed the priority 0.
[[nodiscard]] constexpr Duration longest_leave(Version version, Duration interval) {
  return leave_limit(version, interval) + 3 * interval;
}

/// The kernel lifetime of a virtual address (README.md: the lease).
[[nodiscard]] constexpr Duration lease_time(Version version, std::uint8_t priority,
                                            Duration interval) {
  const Duration lease = master_down_interval(version, priority, interval) * 6 / 5;
  return lease < Duration(std::chrono::seconds(3)) ? Duration(std::chrono::seconds(3)) : lease;
}

/// A kernel that looks for a neighbour in vain asks again after a second (retrans_time_ms): what a
/// unicast Master sends has arrived by then.
constexpr Duration kFoundByNeighbours = std::chrono::milliseconds(1200);

/// What is left of the lease when a Master has left and nobody answered.
constexpr Duration kUnansweredLease = std::chrono::seconds(10);

}  // namespace evenkeel::vrrp
