#include "checks/verdict.h"

#include <algorithm>

namespace evenkeel::checks {

Verdict::Verdict(std::uint16_t rise, std::uint16_t fall, Health initial)
    : rise_(std::max<std::uint16_t>(rise, 1)),
      fall_(std::max<std::uint16_t>(fall, 1)),
      health_(initial),
      is_trusted_(initial == Health::Up) {}

Verdict::Verdict(std::uint16_t rise, std::uint16_t fall, Standing standing)
    : Verdict(rise, fall, standing.health) {
  decided_ = standing.health != Health::Unknown;
  against_ = standing.against;
}

Verdict Verdict::under(std::uint16_t rise, std::uint16_t fall) const {
  Verdict other(rise, fall, health_);
  other.is_trusted_ = is_trusted_;
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
  if (decided_ && seen == health_) {
    against_ = 0;
    return std::nullopt;
  }
  ++against_;
  if (against_ < needed(seen)) return std::nullopt;
  turned_by_ = needed(seen);
  against_ = 0;
  decided_ = true;
  if (seen == health_) return std::nullopt;
  health_ = seen;
  return health_;
}

std::uint16_t Verdict::needed(Health seen) const {
  if (decided_) return seen == Health::Up ? rise_ : fall_;
  return seen == Health::Down && is_trusted_ ? fall_ : 1;
}

bool Verdict::is_stale() const {
  return local_errors_ >= fall_;
}

}  // namespace evenkeel::checks
