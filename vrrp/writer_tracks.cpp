// The writer's part about what the instances follow: the results of main and of the engine reach
// those that follow, and the interfaces are judged here.
#include <utility>

#include "vrrp/interface_use.h"
#include "vrrp/writer.h"

namespace evenkeel::vrrp {

void Writer::set_tracks(const std::vector<NamedTrackResult>& results) {
  schedule_.paused = std::chrono::steady_clock::now();
  judge(results);
  flush();
}

void Writer::judge(const std::vector<NamedTrackResult>& results) {
  for (TrackNews& news : tracks_.set(results)) {
    pause_if_due();
    tell(news.id, TracksJudged{std::move(news.results)});
  }
}

const std::vector<TrackConfig>& Writer::tracks_of_group(const std::string& name) const {
  static const std::vector<TrackConfig> kNone;
  const auto group = latest_.groups.find(name);
  return group == latest_.groups.end() ? kNone : group->second->tracks;
}

/// With all that is known: the new ones among its tracks count from the beginning.
void Writer::tell_configuration(const Managed& managed) {
  std::vector<NamedTrackResult> known = tracks_.known(managed.config.tracks, managed.group_tracks);
  for (const auto* tracks : {&managed.config.tracks, &managed.group_tracks}) {
    for (const TrackConfig& each : *tracks) {
      if (each.kind != TrackKind::Interface) continue;
      known.push_back({each.kind, each.name, judge_interface(links_.find(each.name))});
    }
  }
  tell(managed.id, Reconfigured{.config = managed.config,
                                .group_tracks = managed.group_tracks,
                                .results = std::move(known)});
}

/// A sync group may have other tracks while its members stay as they are.
void Writer::follow_groups() {
  for (const auto& [id, managed] : managed_) {
    if (managed->phase != Phase::Runs) continue;
    pause_if_due();
    const std::vector<TrackConfig>& tracks = tracks_of_group(managed->group);
    if (tracks == managed->group_tracks) continue;
    managed->group_tracks = tracks;
    tell_configuration(*managed);
  }
}

/// After instances have come or gone, or follow something else.
void Writer::update_followers() {
  std::vector<TrackFollower> followers;
  for (const auto& [id, managed] : managed_) {
    if (managed->config.tracks.empty() && managed->group_tracks.empty()) continue;
    pause_if_due();
    followers.push_back(
        {.id = id, .own = &managed->config.tracks, .group = &managed->group_tracks});
  }
  tracks_.set_followers(followers, *latest_.config);
  judge_interfaces();
  send_gateways();
}

/// After a new configuration, and after changes of the interfaces.
void Writer::send_gateways() {
  std::vector<GatewayTarget> targets;
  targets.reserve(latest_.config->gateways.size());
  for (const GatewayConfig& each : latest_.config->gateways) {
    targets.push_back(gateway_target(each, links_.find(each.interface), latest_.addresses));
    open_gateway_socket(targets.back());
  }
  if (targets == posted_.gateways) return;
  posted_.gateways = targets;
  post(SetGateways{.targets = std::move(targets), .sockets = posted_.gateway_sockets});
}

/// Once one of its family is there, and for good.
void Writer::open_gateway_socket(GatewayTarget& target) {
  const Family family = target.config.address.is_v4() ? Family::IPv4 : Family::IPv6;
  auto& socket = posted_.gateway_sockets[family == Family::IPv4 ? 0 : 1];
  if (socket) return;
  pause_if_due();
  auto opened = NeighbourSocket::open(family, gateway_filter(), 0);
  if (!opened) {
    target.refusal = to_string(opened.error());
    schedule_.retry = std::chrono::steady_clock::now() + kRetry;
    return;
  }
  socket = std::make_shared<NeighbourSocket>(std::move(*opened));
  socket->listen(true);
}

void Writer::judge_interfaces() {
  std::vector<NamedTrackResult> results;
  for (std::string& name : tracks_.names(TrackKind::Interface)) {
    pause_if_due();
    TrackResult result = judge_interface(links_.find(name));
    results.push_back({TrackKind::Interface, std::move(name), std::move(result)});
  }
  judge(results);
}

}  // namespace evenkeel::vrrp
