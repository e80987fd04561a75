// When a sign that somebody else has our addresses is believed, and when it is forgotten: seen
// twice at least one interval apart; forgotten three intervals, and at least 10 s, after the last.
//
// Pure. One frame may be an old one, forged, or a final advertisement; who really has the addresses
// sends more.
#pragma once

#include <algorithm>
#include <optional>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

class Belief {
 public:
  static constexpr int kForgottenAfter = 3;  ///< intervals
  static constexpr Duration kForgottenAtLeast = std::chrono::seconds(10);
  /// Two advertisements in a row count as an interval apart although the second one is a little
  /// early: so much of the interval, as a divisor.
  static constexpr int kJitter = 16;

  /// A sign was seen at `at`, which may be older than the one before. `apart`: what must be between
  /// two of them; 0: one is enough.
  void see(TimePoint at, Duration apart) {
    if (!first_) first_ = at;
    last_ = std::max(last_, at);
    if (at - *first_ >= apart - apart / kJitter) is_held_ = true;
  }
  [[nodiscard]] bool is_held() const { return is_held_; }
  /// Of the last sign; after see().
  [[nodiscard]] TimePoint last() const { return last_; }
  /// `interval`: that of our advertisements.
  [[nodiscard]] bool is_over(TimePoint now, Duration interval) const {
    return now - last_ > std::max<Duration>(kForgottenAfter * interval, kForgottenAtLeast);
  }

 private:
  std::optional<TimePoint> first_;
  TimePoint last_{};
  bool is_held_ = false;
};

}  // namespace evenkeel::vrrp
