// The sum of the tracks of an instance or of a sync group: what each adds to the priority, which of
// them is a fault, and whether all are known.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vrrp/track.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// A track, and what is known of it.
struct FollowedTrack {
  TrackConfig config;
  TrackResult result{};            ///< the latest
  TimePoint since{};               ///< it has this state
  std::optional<bool> has_held{};  ///< the last that was known; nothing: nothing ever was
  std::int32_t number = 0;         ///< likewise

  /// Takes a result. False: it is the one that was known.
  bool judge(const TrackResult& latest, TimePoint now);
  /// An unknown track counts as holding. One that cannot run counts as it was known last; where it
  /// never was, a weight counts as failing, and a fault does not.
  [[nodiscard]] bool is_failing() const;
};

struct TrackSum {
  std::int32_t sum = 0;
  std::vector<std::int32_t> applied;  ///< of each track, in their order
  std::vector<bool> faults;           ///< likewise: it keeps the instance in Initialize
  bool has_fault = false;             ///< one of them does
  bool has_unknown = false;           ///< a track without a result: nobody preempts for it
};

/// A gateway and all checks fail together, of an instance and of its sync group: this node is cut
/// off, and the checks say nothing of what they look at.
[[nodiscard]] bool is_cut_off(std::span<const FollowedTrack> own,
                              std::span<const FollowedTrack> group);

/// `is_cut_off`: only what the gateway does is applied, and nothing of the checks.
[[nodiscard]] TrackSum sum_of(std::span<const FollowedTrack> tracks, bool is_cut_off);

/// `base` is 1..255: an owner's stays, all else is kept within 1..254.
[[nodiscard]] std::uint8_t effective_priority(std::uint8_t base, std::int32_t sum);

}  // namespace evenkeel::vrrp
