// Whether a Backup takes over from a living Master: the election and those who explain it ask here.
//
// Pure.
#pragma once

#include <cstdint>

#include "vrrp/config.h"
#include "vrrp/status.h"

namespace evenkeel::vrrp {

/// A Master of priority `masters` is worse than a node of priority `ours` by more than
/// preempt_margin. An owner has no margin.
[[nodiscard]] constexpr bool is_beaten(std::uint8_t masters, std::uint8_t ours,
                                       const InstanceConfig& config) {
  const int margin = config.priority == kOwnerPriority ? 0 : config.preempt_margin;
  return masters + margin < ours;
}

/// Whether a Backup takes something away from a Master that is beaten, or why not.
enum class Preemption : std::uint8_t {
  Allowed,
  Off,       ///< preempt = false
  Held,      ///< until `evenkeel resume`
  NotReady,  ///< the first round of checks is not over
  Unknown,   ///< a track has no result yet
};
[[nodiscard]] constexpr Preemption preemption(const InstanceConfig& config, bool is_held,
                                              bool is_ready, bool has_unknown) {
  const bool is_owner = config.priority == kOwnerPriority;
  if (!config.preempt && !is_owner) return Preemption::Off;
  if (is_held) return Preemption::Held;
  if (!is_ready && !is_owner) return Preemption::NotReady;
  return has_unknown ? Preemption::Unknown : Preemption::Allowed;
}
[[nodiscard]] inline Preemption preemption(const InstanceConfig& config,
                                           const InstanceStatus& status) {
  return preemption(config, status.is_held, status.is_ready, status.unknown_track() != nullptr);
}

}  // namespace evenkeel::vrrp
