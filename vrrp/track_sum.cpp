#include "vrrp/track_sum.h"

#include <algorithm>

#include "vrrp/config.h"

namespace evenkeel::vrrp {
namespace {

constexpr std::int64_t kHighestPriority = kOwnerPriority - 1;
/// The limit of what one track applies: far outside of the priorities, and no sum overflows.
constexpr std::int64_t kMaxApplied = 100'000;

bool is_of(const FollowedTrack& track, TrackKind kind) {
  return track.config.kind == kind;
}

std::int32_t applied_by(const FollowedTrack& track) {
  const std::int64_t weight = track.config.weight;
  switch (track.config.effect) {
    case TrackEffect::Fault:
      return 0;
    case TrackEffect::Weight:
      return (weight < 0) == track.is_failing() ? track.config.weight : 0;
    case TrackEffect::Number:
      return static_cast<std::int32_t>(
          std::clamp(weight * track.number, -kMaxApplied, kMaxApplied));
  }
  return 0;
}

}  // namespace

bool FollowedTrack::judge(const TrackResult& latest, TimePoint now) {
  if (latest == result) return false;
  if (latest.state != result.state) since = now;
  result = latest;
  if (latest.state == TrackState::Holds || latest.state == TrackState::Fails) {
    has_held = latest.state == TrackState::Holds;
    number = latest.number;
  }
  return true;
}

bool FollowedTrack::is_failing() const {
  switch (result.state) {
    case TrackState::Unknown:
    case TrackState::Holds:
      return false;
    case TrackState::Fails:
      return true;
    case TrackState::CannotRun:
      return has_held ? !*has_held : config.effect == TrackEffect::Weight;
  }
  return false;
}

bool is_cut_off(std::span<const FollowedTrack> own, std::span<const FollowedTrack> group) {
  bool has_lost_gateway = false;
  bool has_check = false;
  for (const auto& tracks : {own, group}) {
    for (const FollowedTrack& each : tracks) {
      has_lost_gateway = has_lost_gateway || (is_of(each, TrackKind::Gateway) && each.is_failing());
      if (!is_of(each, TrackKind::Check)) continue;
      if (!each.is_failing()) return false;
      has_check = true;
    }
  }
  return has_lost_gateway && has_check;
}

TrackSum sum_of(std::span<const FollowedTrack> tracks, bool is_cut_off) {
  TrackSum result;
  for (const FollowedTrack& each : tracks) {
    const bool counts = !is_cut_off || !is_of(each, TrackKind::Check);
    result.applied.push_back(counts ? applied_by(each) : 0);
    result.sum += result.applied.back();
    const bool is_fault = counts && each.config.effect == TrackEffect::Fault && each.is_failing();
    result.faults.push_back(is_fault);
    result.has_fault = result.has_fault || is_fault;
    result.has_unknown = result.has_unknown || each.result.state == TrackState::Unknown;
  }
  return result;
}

std::uint8_t effective_priority(std::uint8_t base, std::int32_t sum) {
  if (base == kOwnerPriority) return base;
  return static_cast<std::uint8_t>(
      std::clamp<std::int64_t>(std::int64_t{base} + sum, 1, kHighestPriority));
}

}  // namespace evenkeel::vrrp
