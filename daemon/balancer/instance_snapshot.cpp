#include "daemon/balancer/instance_snapshot.h"

#include <algorithm>

namespace evenkeel::daemon {

std::vector<PeerView> peers_of(const InstanceSnapshot& instance) {
  std::vector<PeerView> peers;
  peers.reserve(instance.status.peers.size());
  for (const vrrp::Peer& peer : instance.status.peers) {
    const std::size_t i = peers.size();
    const bool is_known = i < instance.peers_heard.size();
    peers.push_back({.peer = peer, .heard = is_known ? instance.peers_heard[i] : PeerView().heard});
  }
  return peers;
}

TrackShown TrackView::state() const {
  if (track.is_stale) return TrackShown::Stale;
  switch (track.state) {
    case vrrp::TrackState::Unknown:
      return TrackShown::Unknown;
    case vrrp::TrackState::Holds:
      return TrackShown::Holds;
    case vrrp::TrackState::Fails:
      return TrackShown::Fails;
    case vrrp::TrackState::CannotRun:
      return TrackShown::CannotRun;
  }
  return TrackShown::Unknown;
}

std::vector<TrackView> tracks_of(const InstanceSnapshot& instance) {
  std::vector<TrackView> tracks;
  tracks.reserve(instance.status.tracks.size());
  for (const vrrp::TrackStatus& track : instance.status.tracks) {
    const std::size_t i = tracks.size();
    const bool is_known = i < instance.tracks_since.size();
    tracks.push_back(
        {track, is_known ? instance.tracks_since[i] : std::chrono::system_clock::time_point()});
  }
  return tracks;
}

bool has_failed_hook(const InstanceSnapshot& instance) {
  return std::any_of(instance.hooks.begin(), instance.hooks.end(),
                     [](const HookSnapshot& hook) { return hook.has_failed; });
}

bool has_failed_unit(const InstanceSnapshot& instance) {
  return std::any_of(instance.units.begin(), instance.units.end(),
                     [](const UnitSnapshot& unit) { return unit.has_failed; });
}

std::vector<RivalView> rivals_of(const InstanceSnapshot& instance) {
  std::vector<RivalView> rivals;
  rivals.reserve(instance.status.rivals.size());
  for (const vrrp::Rival& rival : instance.status.rivals)
    rivals.push_back({rival, instance.config});
  return rivals;
}

std::vector<vrrp::Difference> differences_of(const vrrp::Rival& rival) {
  std::vector<vrrp::Difference> differences;
  for (const auto& row : fields::kRows<vrrp::Difference>) {
    if (rival.differences.has(row.value)) differences.push_back(row.value);
  }
  return differences;
}

std::vector<std::string> texts_of(const std::vector<vrrp::InterfaceAddress>& addresses) {
  std::vector<std::string> texts;
  texts.reserve(addresses.size());
  for (const vrrp::InterfaceAddress& address : addresses) texts.push_back(to_string(address));
  return texts;
}

}  // namespace evenkeel::daemon
