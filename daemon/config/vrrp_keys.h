// The keys of [vrrp], [[vrrp.instance]] and [[vrrp.sync_group]] (keys.h).
//
// Pure.
#pragma once

#include "daemon/config/hook_keys.h"
#include "daemon/config/interface_name.h"
#include "daemon/config/keys.h"
#include "daemon/config/names.h"
#include "daemon/config/track_keys.h"
#include "daemon/config/vrrp_values.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

template <>
struct Keys<vrrp::Config> {
  using T = vrrp::Config;
  static constexpr std::string_view path = "vrrp", title = "[vrrp]",
                                    text = "virtual routers: addresses that two nodes share";
  static constexpr auto rows =
      std::tuple(key<&T::instances>("instance", TablesAt{"vrrp.instance"}, ""),
                 key<&T::sync_groups>("sync_group", TablesAt{"vrrp.sync_group"}, ""));
  static constexpr auto not_keys = std::tuple(not_key<&T::address_lease>, not_key<&T::gateways>);
};

template <>
struct Keys<vrrp::InstanceConfig> {
  using T = vrrp::InstanceConfig;
  static constexpr std::string_view path = "vrrp.instance", title = "[[vrrp.instance]]",
                                    text = "a virtual router";
  static constexpr auto own_rows = std::tuple(
      required(key<&T::name>("name", Name{}, "unique; what messages and commands call it")),
      required(key<&T::interface>("interface", kInterfaceName,
                                  "the network interface that it lives on")),
      required(key<&T::virtual_router_id>(
          "virtual_router_id", Between{1, 255},
          "the same on all nodes of it, and no other on the network segment")),
      without_default(key<&T::family>("family", "default: that of the virtual addresses")),
      key<&T::version>("version", NumberOf<vrrp::Version>{},
                       "of the protocol; 2 is for IPv4 and old peers"),
      key<&T::priority>("priority", Between{1, 255},
                        "the highest becomes master; 255 = the address owner"),
      key<&T::advertisement_interval>("advertisement_interval", AdvertisementInterval{},
                                      "version 3: 10ms .. 40950ms in steps of 10ms; version 2: 1s "
                                      ".. 255s in whole seconds"),
      key<&T::preempt>("preempt", "take over from a master of lower priority"),
      key<&T::preempt_delay>(
          "preempt_delay", Times{.min = Duration::zero(), .max = std::chrono::hours(24)},
          "how long a master of lower priority is tolerated first; {min} .. {max}"),
      key<&T::preempt_margin>("preempt_margin", Between{0, vrrp::kOwnerPriority - 2},
                              "take over from a master only if its priority is lower by more than "
                              "this"),
      required(key<&T::virtual_addresses>(
          "virtual_addresses",
          ListOf<MovedAddress>{
              .of_what = "addresses", .fewest = 1, .most = vrrp::kMaxVirtualAddresses},
          "what moves between the nodes and is advertised; one family")),
      key<&T::extra_addresses>("extra_addresses", ListOf<MovedAddress>{.of_what = "addresses"},
                               "what moves along without being advertised; any family"),
      key<&T::unicast>("unicast", NodeAddresses{},
                       "the addresses of all nodes, by node name: ours is the source, the others "
                       "are the peers; absent = multicast"),
      without_default(key<&T::unicast_interface>(
          "unicast_interface", kInterfaceName,
          "what unicast advertisements go over, where that is another than the interface of the "
          "addresses")),
      key<&T::checksum>("checksum", "version 3 over IPv4: what the checksum covers"),
      key<&T::password>("password",
                        Text{.is_allowed = is_vrrp_password,
                             .longest = kMaxPassword,
                             .expected = "a string of at most {max} printable ASCII characters",
                             .pattern = "^[ -~]*$",
                             .is_secret = true},
                        "version 2 only; sent in clear"),
      key<&T::announcements>("announcements", TableAt{"vrrp.instance.announcements"}, ""),
      key<&T::address_conflict>("address_conflict",
                                "what to do when somebody else answers for a virtual address"),
      key<&T::foreign_address_list>("foreign_address_list",
                                    "what to do with advertisements for our ID that have no "
                                    "address in common with ours"));
  static constexpr auto rows = std::tuple_cat(own_rows, kTrackLists, vrrp_hook_rows());
  static constexpr auto not_keys = std::tuple(not_key<&T::tracks>);
  static constexpr std::array<std::string_view, 4> later = {"virtual_routes", "virtual_rules",
                                                            "virtual_mac", "accept"};
};

template <>
struct Keys<vrrp::AnnouncementSchedule> {
  using T = vrrp::AnnouncementSchedule;
  static constexpr std::string_view
      path = "vrrp.instance.announcements",
      title = "the announcements",
      text = "gratuitous ARP and unsolicited neighbour advertisements after a takeover";
  static constexpr auto rows = std::tuple(
      key<&T::at>("at",
                  ListOf<Times>{.each = {.min = Duration::zero(), .max = std::chrono::hours(1)},
                                .of_what = "durations",
                                .fewest = 1,
                                .most = 16},
                  "when, since the takeover; ascending"),
      key<&T::refresh>("refresh",
                       Times{.min = std::chrono::seconds(1),
                             .max = std::chrono::hours(24),
                             .zero_is_allowed = true},
                       "how often from then on, {min} .. {max}; 0s = never"));
  static T defaults() { return default_announcements(); }
};

template <>
struct Keys<vrrp::SyncGroupConfig> {
  using T = vrrp::SyncGroupConfig;
  static constexpr std::string_view path = "vrrp.sync_group", title = "[[vrrp.sync_group]]",
                                    text = "instances that are master together or not at all";
  static constexpr auto rows = std::tuple_cat(
      std::tuple(required(key<&T::name>("name", Name{}, "unique")),
                 required(key<&T::instances>(
                     "instances", ListOf<Name>{.of_what = "the names of instances", .fewest = 2},
                     "the names of at least two; an instance is in one group"))),
      kTrackLists, vrrp_hook_rows());
  static constexpr auto not_keys = std::tuple(not_key<&T::tracks>);
};

}  // namespace evenkeel::daemon
