#include "vrrp/track_board.h"

#include <algorithm>

namespace evenkeel::vrrp {

void TrackBoard::set_followers(std::span<const TrackFollower> followers, const Config& config) {
  followers_.clear();
  for (TrackKey& key : followed_by(config)) followers_.try_emplace(std::move(key));
  for (const TrackFollower& each : followers) {
    for (const auto* tracks : {each.own, each.group}) {
      for (const TrackConfig& track : *tracks) {
        std::vector<RouterId>& ids = followers_[key_of(track)];
        if (ids.empty() || ids.back() != each.id) ids.push_back(each.id);
      }
    }
  }
  std::vector<TrackKey> keys;
  for (const auto& [key, ids] : followers_) keys.push_back(key);
  known_.forget_all_but(keys);
}

std::vector<TrackNews> TrackBoard::set(std::span<const NamedTrackResult> results) {
  std::map<RouterId, std::vector<NamedTrackResult>> news;
  for (const NamedTrackResult& each : results) {
    const auto followers = followers_.find({each.kind, each.name});
    if (followers == followers_.end() || !known_.set(each)) continue;
    for (const RouterId id : followers->second) news[id].push_back(each);
  }
  std::vector<TrackNews> list;
  list.reserve(news.size());
  for (auto& [id, of_it] : news) list.push_back({id, std::move(of_it)});
  return list;
}

std::vector<NamedTrackResult> TrackBoard::known(const std::vector<TrackConfig>& own,
                                                const std::vector<TrackConfig>& group) const {
  std::vector<NamedTrackResult> results;
  for (const auto* tracks : {&own, &group}) {
    for (const TrackConfig& each : *tracks) known_.append_to(results, key_of(each));
  }
  return results;
}

std::vector<std::string> TrackBoard::names(TrackKind kind) const {
  std::vector<std::string> names;
  for (auto each = followers_.lower_bound({kind, ""});
       each != followers_.end() && each->first.first == kind; ++each) {
    names.push_back(each->first.second);
  }
  return names;
}

}  // namespace evenkeel::vrrp
