// From outcomes to a steady health: rise and fall over consecutive outcomes.
//
// Pure. The first outcome decides at once; after it, `fall` consecutive failures take an Up to Down
// and `rise` consecutive passes a Down to Up. A LocalError is neither: it changes nothing but the
// count that makes the verdict stale (checks.md); a run of failures or passes goes on after it.
#pragma once

#include <cstdint>
#include <optional>

#include "checks/check.h"

namespace evenkeel::checks {

class Verdict {
 public:
  /// `rise` and `fall` are at least 1; 0 is taken for 1. `initial` holds until the first outcome.
  Verdict(std::uint16_t rise, std::uint16_t fall, Health initial = Health::Unknown);

  /// The same health under other limits; what spoke against it counts from 0.
  [[nodiscard]] Verdict under(std::uint16_t rise, std::uint16_t fall) const;

  /// The new health when, and only when, this outcome changed it.
  [[nodiscard]] std::optional<Health> record(const CheckOutcome& outcome);

  [[nodiscard]] Health health() const { return health_; }
  /// Consecutive outcomes against the present health: how far it is on its way, 0 .. rise-1 or
  /// fall-1.
  [[nodiscard]] std::uint16_t against() const { return against_; }
  /// How many consecutive outcomes brought the present health: rise, fall, or 1, the first.
  [[nodiscard]] std::uint16_t turned_by() const { return turned_by_; }
  /// After `fall` consecutive LocalErrors: we cannot tell any more. Any other outcome ends it.
  [[nodiscard]] bool is_stale() const;
  /// Has any outcome other than LocalError been recorded?
  [[nodiscard]] bool is_decided() const { return decided_; }

 private:
  std::uint16_t rise_, fall_;
  Health health_;
  bool decided_ = false;
  std::uint16_t against_ = 0;
  std::uint16_t turned_by_ = 0;
  std::uint16_t local_errors_ = 0;
};

}  // namespace evenkeel::checks
