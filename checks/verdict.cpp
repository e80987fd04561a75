#include "checks/verdict.h"

#include <algorithm>

namespace evenkeel::checks {

Verdict::Verdict(std::uint16_t rise, std::uint16_t fall, Health initial)
    : rise_(std::max<std::uint16_t>(rise, 1)),
      fall_(std::max<std::uint16_t>(fall, 1)),
      health_(initial) {}

Verdict Verdict::under(std::uint16_t rise, std::uint16_t fall) const {
  Verdict other(rise, fall, health_);
  other.decided_ = decided_;
  return other;
}

std::optional<Health> Verdict::record(const CheckOutcome& outcome) {
  if (outcome.reason == Reason::LocalError) {
    if (local_errors_ < fall_) ++local_errors_;
    return std::nullopt;
  }
  local_errors_ = 0;
  const Health seen = outcome.reason == Reason::Passed ? Health::Up : Health::Down;
  const bool first = !decided_;
  decided_ = true;
  if (seen == health_) {
    against_ = 0;
    return std::nullopt;
  }
  ++against_;
  const std::uint16_t needed = seen == Health::Up ? rise_ : fall_;
  if (!first && against_ < needed) return std::nullopt;
  turned_by_ = first ? 1 : needed;
  against_ = 0;
  health_ = seen;
  return health_;
}

bool Verdict::is_stale() const {
  return local_errors_ >= fall_;
}

}  // namespace evenkeel::checks
