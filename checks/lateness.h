// How late the loop that makes the probes is itself: an answer that it did not look at in time is
// no server's fault.
//
// Pure: the time comes in as an argument. While probes run the loop wants to be woken at known
// times. Each delay beyond them adds up here, whether the loop was busy, stopped, or on a busy
// host.
#pragma once

#include "checks/check.h"

namespace evenkeel::checks {

class Lateness {
 public:
  /// Ordinary slack of a timer and of one turn of the loop.
  static constexpr Duration kOrdinary = std::chrono::milliseconds(10);

  /// The loop wanted to be woken at `wanted` and was at `now`.
  void woken(TimePoint wanted, TimePoint now) {
    if (now - wanted > kOrdinary) total_ += now - wanted;
  }
  /// The sum of delays since the start: a caller subtracts two of them.
  [[nodiscard]] Duration total() const { return total_; }

 private:
  Duration total_{};
};

/// Too late for a timeout to be the server's: a quarter of the time that it had.
[[nodiscard]] constexpr bool is_too_late(Duration lateness, Duration timeout) {
  return lateness >= timeout / 4;
}

}  // namespace evenkeel::checks
