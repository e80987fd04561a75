#include "vrrp/known_tracks.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

bool is_judged(const TrackResult& result) {
  return result.state == TrackState::Holds || result.state == TrackState::Fails;
}

}  // namespace

std::vector<TrackKey> followed_by(const Config& config) {
  std::vector<TrackKey> keys;
  const auto note = [&](const std::vector<TrackConfig>& tracks) {
    for (const TrackConfig& each : tracks) keys.push_back(key_of(each));
  };
  for (const InstanceConfig& each : config.instances) note(each.tracks);
  for (const SyncGroupConfig& each : config.sync_groups) note(each.tracks);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

bool KnownTracks::set(const NamedTrackResult& result) {
  const auto [entry, is_new] =
      known_.try_emplace({result.kind, result.name}, Known{.latest = result.result});
  if (is_new) return true;
  Known& known = entry->second;
  if (known.latest == result.result) return false;
  if (is_judged(known.latest)) known.judged = known.latest;
  if (is_judged(result.result)) known.judged.reset();
  known.latest = result.result;
  return true;
}

void KnownTracks::forget_all_but(const std::vector<TrackKey>& keys) {
  std::erase_if(known_, [&](const auto& entry) {
    return !std::binary_search(keys.begin(), keys.end(), entry.first);
  });
}

void KnownTracks::append_to(std::vector<NamedTrackResult>& results, const TrackKey& key) const {
  const auto entry = known_.find(key);
  if (entry == known_.end()) return;
  const auto& [latest, judged] = entry->second;
  if (judged) results.push_back({key.first, key.second, *judged});
  results.push_back({key.first, key.second, latest});
}

std::vector<TrackKey> KnownTracks::keys() const {
  std::vector<TrackKey> keys;
  for (const auto& [key, known] : known_) keys.push_back(key);
  return keys;
}

}  // namespace evenkeel::vrrp
