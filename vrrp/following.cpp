#include "vrrp/following.h"

#include <algorithm>
#include <utility>

namespace evenkeel::vrrp {

void Following::List::follow(const std::vector<TrackConfig>& configs, TimePoint now) {
  std::vector<FollowedTrack> before = std::exchange(tracks, {});
  for (const TrackConfig& config : configs) {
    const auto known = std::find_if(before.begin(), before.end(), [&](const FollowedTrack& each) {
      return each.config.kind == config.kind && each.config.name == config.name;
    });
    if (known == before.end()) {
      tracks.push_back({.config = config, .since = now});
    } else {
      tracks.push_back(std::move(*known));
      tracks.back().config = config;
      before.erase(known);
    }
  }
}

bool Following::List::judge(const NamedTrackResult& result, TimePoint now) {
  for (FollowedTrack& each : tracks) {
    if (each.config.kind != result.kind || each.config.name != result.name) continue;
    return each.judge(result.result, now);
  }
  return false;
}

void Following::List::append_to(std::vector<TrackStatus>& statuses, bool is_of_group) const {
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    const FollowedTrack& each = tracks[i];
    statuses.push_back({.kind = each.config.kind,
                        .name = each.config.name,
                        .is_of_group = is_of_group,
                        .state = each.result.state,
                        .is_stale = each.result.is_stale,
                        .effect = each.config.effect,
                        .weight = each.config.weight,
                        .applied = sum.applied[i],
                        .is_fault = sum.faults[i],
                        .since = each.since,
                        .reason = each.result.reason});
  }
}

void Following::follow(const std::vector<TrackConfig>& own, const std::vector<TrackConfig>& group,
                       TimePoint now) {
  own_.follow(own, now);
  group_.follow(group, now);
  add_up();
}

bool Following::judge(std::span<const NamedTrackResult> results, TimePoint now) {
  bool is_news = false;
  for (const NamedTrackResult& each : results) {
    is_news = own_.judge(each, now) || is_news;
    is_news = group_.judge(each, now) || is_news;
  }
  if (is_news) add_up();
  return is_news;
}

void Following::add_up() {
  is_cut_off_ = vrrp::is_cut_off(own_.tracks, group_.tracks);
  own_.sum = sum_of(own_.tracks, is_cut_off_);
  group_.sum = sum_of(group_.tracks, is_cut_off_);
  ++generation_;
}

void Following::tell(const GroupVerdict& verdict) {
  told_ = verdict;
  ++generation_;
}

std::int32_t Following::sum() const {
  return (told_ ? told_->lowest : own_.sum.sum) + group_.sum.sum;
}

std::vector<TrackStatus> Following::statuses() const {
  std::vector<TrackStatus> result;
  result.reserve(own_.tracks.size() + group_.tracks.size());
  own_.append_to(result, false);
  group_.append_to(result, true);
  return result;
}

std::int32_t Following::by_members() const {
  return told_ ? told_->lowest - own_.sum.sum : 0;
}

}  // namespace evenkeel::vrrp
