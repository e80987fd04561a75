// From outcomes to a steady health: rise and fall over consecutive outcomes.
//
// Pure. The first outcome decides at once; after it, `fall` consecutive failures take an Up to Down
// and `rise` consecutive passes a Down to Up. A server that is in use before anything is known of
// it (the kernel's table has it, or the operator starts it as "up") is trusted: one pass proves it,
// and only `fall` consecutive failures take it out, as they would have taken out one that was seen
// to work. A LocalError is neither: it changes nothing but the count that makes the verdict stale;
// a run of failures or passes goes on after it.
#pragma once

#include <cstdint>
#include <optional>

#include "checks/check.h"

namespace evenkeel::checks {

/// The health and the count of failures that the outcomes so far have led to: a checks process that
/// starts later goes on from them.
struct Standing {
  Health health = Health::Unknown;  ///< Unknown: no outcome has decided
  std::uint16_t against = 0;        ///< Verdict::against()

  friend bool operator==(const Standing&, const Standing&) = default;
};
constexpr auto fields_of(fields::Of<Standing>) {
  using fields::field;
  using T = Standing;
  return fields::table(field<&T::health>("health"), field<&T::against>("against"));
}

class Verdict {
 public:
  /// `rise` and `fall` are at least 1; 0 is taken for 1. `initial` holds until it is decided; Up is
  /// trusted.
  Verdict(std::uint16_t rise, std::uint16_t fall, Health initial = Health::Unknown);
  /// A verdict that goes on from `standing`.
  Verdict(std::uint16_t rise, std::uint16_t fall, Standing standing);

  /// The server is in use: until the verdict is decided, `fall` failures in a row take it out.
  void trust() { is_trusted_ = true; }

  /// The same health and trust under other limits; outcomes against it are counted from 0.
  [[nodiscard]] Verdict under(std::uint16_t rise, std::uint16_t fall) const;

  /// The new health when, and only when, this outcome changed it.
  [[nodiscard]] std::optional<Health> record(const CheckOutcome& outcome);

  [[nodiscard]] Health health() const { return health_; }
  /// Consecutive outcomes against the present health, or failures of a server that is trusted: 0 ..
  /// rise-1 or fall-1.
  [[nodiscard]] std::uint16_t against() const { return against_; }
  [[nodiscard]] Standing standing() const {
    return {.health = decided_ ? health_ : Health::Unknown, .against = against_};
  }
  /// How many consecutive outcomes brought the present health: rise, fall, or 1, the first.
  [[nodiscard]] std::uint16_t turned_by() const { return turned_by_; }
  /// After `fall` consecutive LocalErrors: we cannot tell any more. Any other outcome ends it.
  [[nodiscard]] bool is_stale() const;
  /// The health follows from outcomes: from the first one; of a server that is trusted, from a pass
  /// or `fall` failures.
  [[nodiscard]] bool is_decided() const { return decided_; }
  /// Some outcome other than LocalError counts: the server's state is known in part.
  [[nodiscard]] bool has_evidence() const { return decided_ || against_ > 0; }

 private:
  /// So many consecutive outcomes bring the health `seen`.
  [[nodiscard]] std::uint16_t needed(Health seen) const;

  std::uint16_t rise_, fall_;
  Health health_;
  bool is_trusted_;
  bool decided_ = false;
  std::uint16_t against_ = 0;
  std::uint16_t turned_by_ = 0;
  std::uint16_t local_errors_ = 0;
};

}  // namespace evenkeel::checks
