// A virtual router at one moment, as status and `evenkeel vrrp` show it.
//
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "daemon/balancer/hook_snapshot.h"
#include "daemon/balancer/unit_snapshot.h"
#include "daemon/fields/members.h"
#include "vrrp/config.h"
#include "vrrp/status.h"

namespace evenkeel::daemon {

/// Times of its status are on the steady clock; `since` is for people.
struct InstanceSnapshot {
  vrrp::InstanceConfig config;
  vrrp::InstanceStatus status;
  std::string sync_group;  ///< "" = none
  std::chrono::system_clock::time_point since{};
  std::vector<std::chrono::system_clock::time_point> peers_heard;   ///< of status.peers, in order
  std::vector<std::chrono::system_clock::time_point> tracks_since;  ///< of status.tracks, in order
  bool is_stale = false;              ///< the vrrp process is away: the status is the last known
  std::vector<HookSnapshot> hooks{};  ///< its own and its sync group's: what runs, the last run
  std::vector<UnitSnapshot> units{};  ///< its own and its sync group's
};

[[nodiscard]] bool has_failed_hook(const InstanceSnapshot& instance);
[[nodiscard]] bool has_failed_unit(const InstanceSnapshot& instance);

struct PeerView {
  vrrp::Peer peer;
  std::chrono::system_clock::time_point heard;
};
[[nodiscard]] std::vector<PeerView> peers_of(const InstanceSnapshot& instance);

/// A track's state, for people and programs.
enum class TrackShown : std::uint8_t { Holds, Fails, Unknown, CannotRun, Stale };
constexpr auto words_of(TrackShown) {
  using enum TrackShown;
  return fields::words<TrackShown>({{Holds, "holds"},
                                    {Fails, "fails"},
                                    {Unknown, "unknown"},
                                    {CannotRun, "cannot_run", "cannot run"},
                                    {Stale, "stale"}});
}
struct TrackView {
  const vrrp::TrackStatus& track;
  std::chrono::system_clock::time_point since;

  [[nodiscard]] TrackShown state() const;
};
[[nodiscard]] std::vector<TrackView> tracks_of(const InstanceSnapshot& instance);

struct RivalView {
  const vrrp::Rival& rival;
  const vrrp::InstanceConfig& config;
};
[[nodiscard]] std::vector<RivalView> rivals_of(const InstanceSnapshot& instance);
[[nodiscard]] std::vector<vrrp::Difference> differences_of(const vrrp::Rival& rival);

/// "192.0.2.10/24"
[[nodiscard]] std::vector<std::string> texts_of(
    const std::vector<vrrp::InterfaceAddress>& addresses);

constexpr auto members_of(fields::Of<PeerView>) {
  using fields::member;
  using fields::path;
  using vrrp::Peer;
  return std::tuple(member("address", path<&PeerView::peer, &Peer::address>),
                    member("priority", path<&PeerView::peer, &Peer::priority>),
                    member("interval_us", path<&PeerView::peer, &Peer::interval>),
                    member("heard", &PeerView::heard, "its last advertisement"));
}

constexpr auto members_of(fields::Of<TrackView>) {
  using fields::member;
  using T = vrrp::TrackStatus;
  const auto of_track = [](auto get) {
    return [get](const TrackView& view) { return std::invoke(get, view.track); };
  };
  return std::tuple(
      member("kind", of_track(&T::kind)), member("name", of_track(&T::name)),
      member("of_group", of_track(&T::is_of_group), "the sync group follows it"),
      member("state", &TrackView::state,
             "unknown: it has no result yet, and the instance does not preempt; stale: whoever "
             "judges it is away, and what was known last counts"),
      member(
          "effect", of_track(&T::effect),
          "fault: the instance is in initialize while it fails; number: the weight is multiplied "
          "by a number"),
      member("weight", of_track(&T::weight), "0 of a fault"),
      member("applied", of_track(&T::applied), "what it adds to the priority"),
      member("since", &TrackView::since, "of the present state"),
      member("reason", of_track(&T::reason), "for people; may be empty"));
}

constexpr auto members_of(fields::Of<RivalView>) {
  using fields::member;
  using T = vrrp::Rival;
  const auto of_rival = [](auto get) {
    return [get](const RivalView& view) { return std::invoke(get, view.rival); };
  };
  // Left out where no advertisement of it is heard.
  const auto advertised = [](auto get) {
    return [get](const RivalView& view) {
      return fields::When{view.rival.source.has_value(), std::invoke(get, view.rival)};
    };
  };
  return std::tuple(
      member("mac", of_rival([](const T& rival) {
               return rival.is_crowd ? std::string() : vrrp::to_string(rival.mac);
             }),
             "empty for a crowd"),
      member("source", of_rival(&T::source),
             "the address that it advertises from; null: no advertisement was heard"),
      member(
          "node", [](const RivalView& view) { return node_name(view.rival, view.config); },
          "its name where unicast lists it, else empty"),
      member("owner", of_rival(&T::is_owner), "has a virtual address of ours"),
      member("announcing", of_rival(&T::is_announcing),
             "announces an address of ours or answers for it (ARP, neighbour advertisement)"),
      member("crowd", of_rival(&T::is_crowd), "several senders, more than are told apart"),
      member("address", of_rival([](const T& rival) {
               return rival.address ? rival.address->to_string() : std::string();
             }),
             "the one of ours that it has; empty: none"),
      member(
          "explanation", [](const RivalView& view) { return what(view.rival, view.config); },
          "what it does and what differs, for people"),
      member("virtual_router_id", advertised(&T::virtual_router_id)),
      member("version", advertised([](const T& rival) { return static_cast<int>(rival.version); })),
      member("priority", advertised(&T::priority)), member("interval_us", advertised(&T::interval)),
      member("destination",
             advertised([](const T& rival) { return rival.destination.value_or(vrrp::Address()); }),
             "where its advertisements go"),
      member("authenticated", advertised(&T::is_authenticated)),
      member("differs", advertised(&differences_of), "what of it is not as ours"));
}

template <auto pointer>
inline constexpr auto config_of = fields::path<&InstanceSnapshot::config, pointer>;
template <auto... pointers>
inline constexpr auto status_of = fields::path<&InstanceSnapshot::status, pointers...>;

// The members of an instance, in three parts: its state, its configuration, and what it has seen.

constexpr auto state_members() {
  using fields::member;
  using Instance = InstanceSnapshot;
  using C = vrrp::InstanceConfig;
  using Status = vrrp::InstanceStatus;
  using Kernel = vrrp::KernelStatus;
  return std::tuple(
      member("name", config_of<&C::name>),
      member("sync_group", &Instance::sync_group, "empty: none"),
      member("state", status_of<&Status::state>),
      member("reason", status_of<&Status::reason>, "why it is in that state"),
      member(
          "explanation", [](const Instance& i) { return vrrp::explanation(i.status); },
          "the reason, for people"),
      member("since", &Instance::since, "of the present state"),
      member("stale", &Instance::is_stale,
             "the vrrp process is away: all of this is the last that is known"),
      member("leaving", status_of<&Status::is_leaving>,
             "a master that has sent priority 0, until another is heard"),
      member(
          "claimed", [](const Instance& i) { return i.status.has_other_owner(); },
          "somebody else has a virtual address: a rival that is an owner, or one that answered for "
          "it before this node took over"),
      member("foreign_address", status_of<&Status::kernel, &Kernel::has_foreign_address>,
             "a virtual address is on the interface that another program has put there"),
      member("refused_address", status_of<&Status::kernel, &Kernel::has_refused_address>,
             "a master without all of its addresses: the kernel refuses some"),
      member("polling", status_of<&Status::kernel, &Kernel::is_polling>,
             "the vrrp process cannot wait for packets: they are looked for every 10 ms"),
      member("ready", status_of<&Status::is_ready>,
             "may preempt: the first round of checks is over"),
      member("held", status_of<&Status::is_held>,
             "does not preempt until resume, or until the master fails"),
      member("priority", status_of<&Status::priority>, "the effective one"),
      member("tracks", &tracks_of, "what it follows, then what its sync group follows"),
      member("priority_by_members", status_of<&Status::by_members>,
             "what the tracks of other members of its sync group take from the priority"),
      member("cut_off", status_of<&Status::is_cut_off>,
             "a gateway and all checks that it follows fail: this node is cut off, and the checks "
             "are not counted"),
      member("master", status_of<&Status::master>, "its address; null: this node, or not known"));
}

constexpr auto config_members() {
  using fields::member;
  using Instance = InstanceSnapshot;
  using C = vrrp::InstanceConfig;
  return std::tuple(
      member(
          "interface_name",
          [](const Instance& i) {
            const std::string& name = i.status.kernel.interface_name;
            return name.empty() ? i.config.interface : name;
          },
          "the kernel's: another than the configured one where that is an alternative name"),
      member("interface", config_of<&C::interface>, "as configured"),
      member("unicast_interface", config_of<&C::unicast_interface>,
             "what it advertises over, where that is not the interface; else empty"),
      member("virtual_router_id", config_of<&C::virtual_router_id>),
      member("family", config_of<&C::family>),
      member(
          "version", [](const Instance& i) { return static_cast<int>(i.config.version); },
          "of the protocol: 2 or 3"),
      member("configured_priority", config_of<&C::priority>),
      member("advertisement_interval_us", config_of<&C::advertisement_interval>),
      member("preempt", config_of<&C::preempt>),
      member("preempt_delay_us", config_of<&C::preempt_delay>),
      member("preempt_margin", config_of<&C::preempt_margin>),
      member("checksum", config_of<&C::checksum>),
      member(
          "virtual_addresses",
          [](const Instance& i) { return texts_of(i.config.virtual_addresses); },
          "with their prefix lengths: 192.0.2.10/32"),
      member(
          "extra_addresses", [](const Instance& i) { return texts_of(i.config.extra_addresses); },
          "with their prefix lengths"),
      member(
          "unicast",
          fields::optional_object(config_of<&C::unicast>, member("source", &vrrp::Unicast::source),
                                  member("peers", &vrrp::Unicast::peers)),
          "null: multicast"));
}

constexpr auto seen_members() {
  using fields::member;
  using Status = vrrp::InstanceStatus;
  return std::tuple(
      member("master_down_interval_us", status_of<&Status::master_down_interval>, "as learned"),
      member("worst_lateness_us", status_of<&Status::worst_lateness>,
             "of a timer, since the process started"),
      member("peers", &peers_of, "who was heard, the last one first"),
      member("other_lists", status_of<&Status::other_lists>,
             "who advertises the virtual router ID with another list of addresses, how many these "
             "are, and the first eight of them; ignored: the sender takes no part in the election"),
      member("last_drop", status_of<&Status::last_drop>, "the last datagram that was dropped"),
      member("rivals", &rivals_of,
             "who else has virtual addresses of ours, and peers that advertise something else than "
             "we do; at most four"),
      member("dropped_from", status_of<&Status::dropped_from>,
             "by the error: who sent the last datagram that was dropped for it"),
      member("last_lesser",
             fields::optional_object(status_of<&Status::last_lower_priority>,
                                     member("address", &vrrp::Peer::address),
                                     member("priority", &vrrp::Peer::priority)),
             "the last one of lower priority that was answered"),
      member("hooks", &InstanceSnapshot::hooks,
             "of it and of its sync group: the program that runs, and the last that has ended, or "
             "the first that has failed of those that were told the last state; while_master: its "
             "last run"),
      member("units", &InstanceSnapshot::units,
             "of it and of its sync group: those that start and stop with it"),
      member("counters", status_of<&Status::counters>,
             "since the vrrp process started; dropped: datagrams, by the error"));
}

constexpr auto members_of(fields::Of<InstanceSnapshot>) {
  return std::tuple_cat(state_members(), config_members(), seen_members());
}

}  // namespace evenkeel::daemon
