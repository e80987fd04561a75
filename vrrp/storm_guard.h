// Tells a single accident from another program that acts again and again: true when something has
// happened `kStorm` times within `kWindow`. Events within `kTogether` count as one: a flush removes
// many addresses one by one.
#pragma once

#include <array>
#include <cstddef>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

class StormGuard {
 public:
  static constexpr std::size_t kStorm = 5;
  static constexpr Duration kWindow = std::chrono::seconds(10);
  static constexpr Duration kTogether = std::chrono::milliseconds(100);

  /// Records one more event. True: it is a storm.
  [[nodiscard]] bool record(TimePoint now) {
    if (count_ > 0 && now - times_[(next_ + kStorm - 1) % kStorm] < kTogether) return false;
    times_[next_] = now;
    next_ = (next_ + 1) % kStorm;
    if (count_ < kStorm) ++count_;
    return count_ == kStorm && now - times_[next_] <= kWindow;  // times_[next_] is the oldest
  }

 private:
  std::array<TimePoint, kStorm> times_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace evenkeel::vrrp
