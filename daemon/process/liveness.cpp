#include "daemon/process/liveness.h"

#include <algorithm>
#include <utility>

namespace evenkeel::daemon {
namespace {

constexpr Duration kShortestAgain = std::chrono::milliseconds(100);

std::uint64_t pings_in(Duration limit, Duration interval) {
  return static_cast<std::uint64_t>(
      std::max<Duration::rep>((limit + interval - Duration(1)) / interval, 1));
}

}  // namespace

Duration RespawnBackoff::after_death(Duration lived) {
  if (lived >= delays_.steady) next_ = delays_.first;
  const Duration after = std::max<Duration>(next_ * 2, kShortestAgain);
  return std::exchange(next_, std::min(after, delays_.longest));
}

PingCount::PingCount(Duration interval, Duration limit, Duration start_limit)
    : allowed_(pings_in(limit, interval)), allowed_at_start_(pings_in(start_limit, interval)) {}

std::uint64_t PingCount::next() {
  if (sent_ != answered_) {
    if (++unanswered_ >= (has_answered() ? allowed_ : allowed_at_start_)) return 0;
  }
  return ++sent_;
}

void PingCount::answered(std::uint64_t sequence) {
  if (sequence <= answered_ || sequence > sent_) return;
  answered_ = sequence;
  unanswered_ = 0;
}

}  // namespace evenkeel::daemon
