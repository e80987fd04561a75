// The keys of [[virtual_service]] and of what is behind it (keys.h).
//
// Pure.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "daemon/config/check_keys.h"
#include "daemon/config/hook_keys.h"
#include "daemon/config/keys.h"
#include "ipvs/scheduler_flags.h"

namespace evenkeel::daemon {

/// The methods that the file may name, in the order of its messages.
inline constexpr Choice<ipvs::ForwardingMethod, 3> kForwarding = {
    .allowed = {ipvs::ForwardingMethod::Masquerade, ipvs::ForwardingMethod::Direct,
                ipvs::ForwardingMethod::Tunnel}};

/// The names that `scheduler` takes, as the kernel calls them ("none" is for us: ipvs/plan.h).
inline constexpr std::array<std::string_view, 14> kSchedulers = {
    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"};

inline constexpr auto kSchedulerFlagNames = [] {
  std::array<std::string_view, ipvs::kSchedulerFlags.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = ipvs::kSchedulerFlags[i].name;
  return names;
}();

/// The values of a service that its destinations have to fit. A value that was missing or wrong is
/// empty, and no rule about it is judged.
struct ServiceTraits {
  std::optional<ipvs::Address> address;
  std::optional<std::uint16_t> port;
  std::optional<ipvs::Protocol> protocol;
  std::optional<ipvs::ForwardingMethod> forwarding;
  bool one_packet = false;
  std::vector<CheckTemplate> checks;  ///< for real servers that have none of their own
};

template <>
struct Keys<ServiceConfig> {
  using T = ServiceConfig;
  using S = ipvs::Service;
  using Traits = ServiceTraits;
  static constexpr std::string_view path = "virtual_service", title = "[[virtual_service]]";
  static constexpr std::int64_t kMostWeight = 1'000'000'000'000;
  static constexpr auto own_rows = std::tuple(
      required(key<&T::name>("name", Name{}, "how status, commands and logs call it")),
      required(key<&Traits::address>("address", UnicastAddress{}, "the virtual address")),
      required(key<&Traits::port>("port", Port{}, "the virtual port")),
      required(key<&Traits::protocol>(
          "protocol",
          Choice<ipvs::Protocol, 2, 1>{.allowed = {ipvs::Protocol::Tcp, ipvs::Protocol::Udp},
                                       .later = {ipvs::Protocol::Sctp}},
          "of the clients")),
      key<&S::scheduler>("scheduler", Word{kSchedulers}, "how the kernel chooses a real server"),
      by_hand("scheduler_flags", SchedulerFlags{kSchedulerFlagNames}, "flags of mh and sh"),
      required(key<&Traits::forwarding>("forwarding", kForwarding,
                                        "how packets reach the real servers")),
      by_hand("tunnel", TableAt{"virtual_service.tunnel"}, ""),
      key<&S::persistence_seconds>("persistence",
                                   Times{.min = std::chrono::seconds(1),
                                         .max = std::chrono::hours(24 * 31),
                                         .is_whole_seconds = true,
                                         .zero_is_allowed = true},
                                   "the same client goes to the same real server for so long; "
                                   "whole seconds, at most {max}; 0s = none"),
      without_default(key<&S::persistence_prefix>(
          "persistence_prefix", Between{1, 128},
          "clients in one network of this size are one client; default: 32, IPv6: 128")),
      key<&Traits::one_packet>("one_packet", "udp: every datagram is balanced by itself"),
      key<&T::quorum>("quorum", Between{1, kMostWeight}, "sum of weights that must be up"),
      key<&T::hysteresis>("hysteresis", Between{0, kMostWeight},
                          "lost below quorum - hysteresis, regained at quorum + hysteresis"),
      key<&T::on_failure>("on_failure", "what happens to a real server that fails"),
      key<&Traits::checks>("check", Checks{}, ""),
      key<&T::sorry_server>("sorry_server", TableAt{"virtual_service.sorry_server"}, ""),
      key<&T::real_servers>("real_server", TablesAt{"virtual_service.real_server"}, ""));
  static constexpr auto rows = std::tuple_cat(own_rows, service_hook_rows());
  static constexpr auto not_keys =
      std::tuple(not_key<&T::service>, not_key<&T::hooks>, not_key<&S::key>, not_key<&S::flags>,
                 not_key<&S::persistence_engine>);
  static constexpr std::array<std::string_view, 6> later = {
      "firewall_mark", "addresses", "ports", "slow_start", "panic_threshold", "removal_drain"};
};

template <>
struct Keys<ipvs::Tunnel> {
  using T = ipvs::Tunnel;
  static constexpr std::string_view path = "virtual_service.tunnel", title = "the tunnel",
                                    text = "with forwarding = \"tunnel\"";
  static constexpr auto rows = std::tuple(key<&T::type>(
      "type",
      Choice<ipvs::TunnelType, 1, 2>{.allowed = {ipvs::TunnelType::Ipip},
                                     .later = {ipvs::TunnelType::Gre, ipvs::TunnelType::Gue}},
      "the encapsulation"));
  static constexpr auto not_keys = std::tuple(not_key<&T::port>, not_key<&T::flags>);
  static constexpr std::array<std::string_view, 2> later = {"port", "checksum"};
};

template <>
struct Keys<RealServerConfig> {
  using T = RealServerConfig;
  using D = ipvs::Destination;
  static constexpr std::string_view path = "virtual_service.real_server",
                                    title = "[[virtual_service.real_server]]";
  /// Newer kernels take no more than INT_MAX (ip_vs_ctl.c, ip_vs_add_dest).
  static constexpr Between kThreshold = {0, std::numeric_limits<std::int32_t>::max()};
  static constexpr auto rows = std::tuple(
      without_default(key<&T::name>("name", Name{}, "default: address:port")),
      required(key<&ipvs::DestinationKey::address>("address", UnicastAddress{}, "its address")),
      without_default(
          key<&ipvs::DestinationKey::port>("port", Port{},
                                           "default: the service's; only masquerade can have "
                                           "another")),
      key<&D::weight>("weight", Between{0, 65535}, "its share; 0 = no new connections"),
      key<&D::upper_threshold>("upper_threshold", kThreshold,
                               "no new connections at so many; 0 = no limit"),
      key<&D::lower_threshold>("lower_threshold", kThreshold,
                               "until there are less than so many; 0 = three quarters"),
      key<&T::checks>("check", Checks{}, ""));
  static constexpr auto not_keys = std::tuple(not_key<&T::destination>, not_key<&D::key>,
                                              not_key<&D::forwarding>, not_key<&D::tunnel>);
};

/// The table of ServiceConfig::sorry_server.
struct SorryServer;
template <>
struct Keys<SorryServer> {
  using D = ipvs::Destination;
  static constexpr std::string_view path = "virtual_service.sorry_server",
                                    title = "the sorry_server",
                                    text = "used while the quorum is lost";
  static constexpr auto rows = std::tuple(
      required(key<&ipvs::DestinationKey::address>("address", UnicastAddress{}, "its address")),
      without_default(key<&ipvs::DestinationKey::port>("port", Port{}, "default: the service's")),
      without_default(key<&D::forwarding>("forwarding", kForwarding, "default: the service's")),
      key<&D::tunnel>("tunnel", TableAt{"virtual_service.tunnel"}, ""));
  static constexpr auto not_keys =
      std::tuple(not_key<&D::key>, not_key<&D::weight>, not_key<&D::upper_threshold>,
                 not_key<&D::lower_threshold>);
};

}  // namespace evenkeel::daemon
