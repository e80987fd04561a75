#include "daemon/control/instance_json.h"

#include <cstddef>
#include <string_view>

#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {
namespace {

using fields::member;
using fields::Of;
using fields::path;
using fields::When;
using Config = vrrp::InstanceConfig;
using Status = vrrp::InstanceStatus;
using Instance = InstanceSnapshot;

int number_of(vrrp::Version version) {
  return static_cast<int>(version);
}

std::vector<std::string> texts_of(const std::vector<vrrp::InterfaceAddress>& addresses) {
  std::vector<std::string> texts;
  texts.reserve(addresses.size());
  for (const vrrp::InterfaceAddress& address : addresses) texts.push_back(to_string(address));
  return texts;
}

struct UnicastView {
  vrrp::Address source;
  std::vector<vrrp::Address> peers;
};
constexpr auto members_of(Of<UnicastView>) {
  return std::tuple(member("source", &UnicastView::source), member("peers", &UnicastView::peers));
}

struct PeerView {
  vrrp::Peer peer;
  std::chrono::system_clock::time_point heard;
};
constexpr auto members_of(Of<PeerView>) {
  return std::tuple(member("address", path<&PeerView::peer, &vrrp::Peer::address>),
                    member("priority", path<&PeerView::peer, &vrrp::Peer::priority>),
                    member("interval_us", path<&PeerView::peer, &vrrp::Peer::interval>),
                    member("heard", &PeerView::heard));
}

struct LowerPriorityView {
  vrrp::Address address;
  std::uint8_t priority;
};
constexpr auto members_of(Of<LowerPriorityView>) {
  return std::tuple(member("address", &LowerPriorityView::address),
                    member("priority", &LowerPriorityView::priority));
}

struct RivalView {
  const vrrp::Rival* rival;
  const Config* config;
};

std::vector<std::string_view> differences_of(const vrrp::Rival& rival) {
  std::vector<std::string_view> names;
  for (const auto& difference : fields::kRows<vrrp::Difference>) {
    if (rival.differences.has(difference.value)) names.push_back(difference.name);
  }
  return names;
}

/// Of a rival: a member, or what is computed.
template <typename Get>
constexpr auto of_rival(Get get) {
  return [get](const RivalView& view) { return std::invoke(get, *view.rival); };
}
/// Likewise; left out where no advertisement of it is heard.
template <typename Get>
constexpr auto advertised(Get get) {
  return [get](const RivalView& view) {
    return When{view.rival->source.has_value(), std::invoke(get, *view.rival)};
  };
}

constexpr auto members_of(Of<RivalView>) {
  using T = vrrp::Rival;
  return std::tuple(
      member("mac", of_rival([](const T& rival) {
               return rival.is_crowd ? std::string() : vrrp::to_string(rival.mac);
             })),
      member("source", of_rival(&T::source)),
      member("node", [](const RivalView& view) { return node_name(*view.rival, *view.config); }),
      member("owner", of_rival(&T::is_owner)), member("announcing", of_rival(&T::is_announcing)),
      member("crowd", of_rival(&T::is_crowd)),
      member("address", of_rival([](const T& rival) {
               return rival.address ? rival.address->to_string() : std::string();
             })),
      member("explanation", [](const RivalView& view) { return what(*view.rival, *view.config); }),
      member("virtual_router_id", advertised(&T::virtual_router_id)),
      member("version", advertised([](const T& rival) { return number_of(rival.version); })),
      member("priority", advertised(&T::priority)), member("interval_us", advertised(&T::interval)),
      member("destination", advertised([](const T& rival) {
               return rival.destination.value_or(vrrp::Address());
             })),
      member("authenticated", advertised(&T::is_authenticated)),
      member("differs", advertised(&differences_of)));
}

std::optional<UnicastView> unicast_of(const Instance& instance) {
  const auto& unicast = instance.config.unicast;
  if (!unicast) return std::nullopt;
  return UnicastView{.source = unicast->source, .peers = unicast->peers};
}

std::vector<PeerView> peers_of(const Instance& instance) {
  std::vector<PeerView> peers;
  peers.reserve(instance.status.peers.size());
  for (const vrrp::Peer& peer : instance.status.peers) {
    const std::size_t i = peers.size();
    const bool is_known = i < instance.peers_heard.size();
    peers.push_back({.peer = peer, .heard = is_known ? instance.peers_heard[i] : PeerView().heard});
  }
  return peers;
}

std::vector<RivalView> rivals_of(const Instance& instance) {
  std::vector<RivalView> rivals;
  rivals.reserve(instance.status.rivals.size());
  for (const vrrp::Rival& rival : instance.status.rivals)
    rivals.push_back({&rival, &instance.config});
  return rivals;
}

std::optional<LowerPriorityView> last_lower_priority_of(const Instance& instance) {
  const auto& last = instance.status.last_lower_priority;
  if (!last) return std::nullopt;
  return LowerPriorityView{.address = last->address, .priority = last->priority};
}

template <auto pointer>
constexpr auto config = path<&Instance::config, pointer>;
template <auto pointer>
constexpr auto status = path<&Instance::status, pointer>;

}  // namespace

static constexpr auto members_of(Of<Instance>) {
  return std::tuple(
      member("name", config<&Config::name>), member("sync_group", &Instance::sync_group),
      member("state", status<&Status::state>), member("reason", status<&Status::reason>),
      member("explanation", [](const Instance& i) { return to_string(i.status.reason); }),
      member("since", &Instance::since), member("stale", &Instance::is_stale),
      member("leaving", status<&Status::is_leaving>),
      member("claimed", [](const Instance& i) { return i.status.has_other_owner(); }),
      member("foreign_address", status<&Status::has_foreign_address>),
      member("refused_address", status<&Status::has_refused_address>),
      member("polling", status<&Status::is_polling>), member("ready", status<&Status::is_ready>),
      member("held", status<&Status::is_held>), member("priority", status<&Status::priority>),
      member("master", status<&Status::master>),
      member(
          "interface_name",
          [](const Instance& i) {
            return i.status.interface_name.empty() ? i.config.interface : i.status.interface_name;
          }),
      member("interface", config<&Config::interface>),
      member("unicast_interface", config<&Config::unicast_interface>),
      member("virtual_router_id", config<&Config::virtual_router_id>),
      member("family", config<&Config::family>),
      member("version", [](const Instance& i) { return number_of(i.config.version); }),
      member("configured_priority", config<&Config::priority>),
      member("advertisement_interval_us", config<&Config::advertisement_interval>),
      member("preempt", config<&Config::preempt>),
      member("preempt_delay_us", config<&Config::preempt_delay>),
      member("checksum", config<&Config::checksum>),
      member("virtual_addresses",
             [](const Instance& i) { return texts_of(i.config.virtual_addresses); }),
      member("extra_addresses",
             [](const Instance& i) { return texts_of(i.config.extra_addresses); }),
      member("unicast", &unicast_of),
      member("master_down_interval_us", status<&Status::master_down_interval>),
      member("worst_lateness_us", status<&Status::worst_lateness>), member("peers", &peers_of),
      member("other_lists", status<&Status::other_lists>),
      member("last_drop", status<&Status::last_drop>), member("rivals", &rivals_of),
      member("dropped_from", status<&Status::dropped_from>),
      member("last_lesser", &last_lower_priority_of),
      member("counters", status<&Status::counters>));
}

void append_json_instance(std::string& out, const InstanceSnapshot& instance) {
  fields::append_json(out, instance);
}

}  // namespace evenkeel::daemon
