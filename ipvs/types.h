// The kernel's balancing table as values: what a virtual service and a destination are, and how
// they are named.
//
// Pure. Sources: Linux include/uapi/linux/ip_vs.h and net/netfilter/ipvs/ip_vs_ctl.c (6.1).
// Every value is complete: "absent" never means "leave it", because the kernel's SET commands
// replace whole objects.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::ipvs {

using fields::name;
using fields::to_string;

using Address = boost::asio::ip::address;

/// Numbers are the kernel's (AF_INET, AF_INET6).
enum class Family : std::uint16_t { Ipv4 = 2, Ipv6 = 10 };
constexpr auto words_of(Family) {
  using enum Family;
  return fields::words<Family>({{Ipv4, "ipv4", "IPv4"}, {Ipv6, "ipv6", "IPv6"}});
}

/// Numbers are IANA's.
enum class Protocol : std::uint8_t { Tcp = 6, Udp = 17, Sctp = 132 };
constexpr auto words_of(Protocol) {
  using enum Protocol;
  return fields::words<Protocol>(
      {{Tcp, "tcp", "TCP"}, {Udp, "udp", "UDP"}, {Sctp, "sctp", "SCTP"}});
}

/// What names a virtual service in the kernel: (protocol, address, port), or (family, firewall
/// mark). With a firewall mark (not 0) the other three hold their defaults. Order is canonical: by
/// mark, family, protocol, address, port.
struct ServiceKey {
  std::uint32_t firewall_mark = 0;
  Family family = Family::Ipv4;
  Protocol protocol = Protocol::Tcp;
  Address address;
  std::uint16_t port = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a 0 in a defaulted comparison
  friend std::strong_ordering operator<=>(const ServiceKey&, const ServiceKey&) = default;
};

/// What names a destination inside its service. Order is canonical (IPv4 first, then by address,
/// then by port), the same on every node, so that hash schedulers agree across a failover.
struct DestinationKey {
  Address address;
  std::uint16_t port = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 sees a 0 in a defaulted comparison
  friend std::strong_ordering operator<=>(const DestinationKey&, const DestinationKey&) = default;
};

/// Numbers are the kernel's (IP_VS_CONN_F_FWD_MASK). Local and Bypass are only ever read, never
/// written by us.
enum class ForwardingMethod : std::uint8_t {
  Masquerade = 0,
  Local = 1,
  Tunnel = 2,
  Direct = 3,
  Bypass = 4
};
/// For people: ipvsadm's words.
constexpr auto words_of(ForwardingMethod) {
  using enum ForwardingMethod;
  return fields::words<ForwardingMethod>({{Masquerade, "masquerade", "Masq"},
                                          {Local, "local", "Local"},
                                          {Tunnel, "tunnel", "Tunnel"},
                                          {Direct, "direct", "Route"},
                                          {Bypass, "bypass", "Bypass"}});
}

/// Numbers are the kernel's (IP_VS_CONN_F_TUNNEL_TYPE_*).
enum class TunnelType : std::uint8_t { Ipip = 0, Gue = 1, Gre = 2 };
constexpr auto words_of(TunnelType) {
  using enum TunnelType;
  return fields::words<TunnelType>({{Ipip, "ipip"}, {Gue, "gue"}, {Gre, "gre"}});
}

/// Only meaningful with ForwardingMethod::Tunnel; the default for all others.
struct Tunnel {
  TunnelType type = TunnelType::Ipip;
  std::uint16_t port = 0;  ///< GUE only, host byte order
  std::uint16_t flags =
      0;  ///< IP_VS_TUNNEL_ENCAP_FLAG_*: 0 no checksum, 1 checksum, 2 remote checksum

  friend bool operator==(const Tunnel&, const Tunnel&) = default;
};
constexpr auto fields_of(fields::Of<Tunnel>) {
  using fields::field;
  using T = Tunnel;
  return fields::table(field<&T::type>("type"), field<&T::port>("port"), field<&T::flags>("flags"));
}

struct Destination {
  DestinationKey key;
  ForwardingMethod forwarding = ForwardingMethod::Masquerade;
  Tunnel tunnel;
  std::uint32_t weight = 1;  ///< 0 = no new connections; at most 65535 when written by us
  std::uint32_t upper_threshold = 0;
  std::uint32_t lower_threshold = 0;

  friend bool operator==(const Destination&, const Destination&) = default;
};

/// Flag bits of a service that we compare and write (the kernel stores others, HASHED among them;
/// they are masked out).
struct ServiceFlags {
  static constexpr std::uint32_t kPersistent = 0x1;
  static constexpr std::uint32_t kOnePacket = 0x4;
  static constexpr std::uint32_t kScheduler1 = 0x8;   ///< sh-fallback, mh-fallback
  static constexpr std::uint32_t kScheduler2 = 0x10;  ///< sh-port, mh-port
  static constexpr std::uint32_t kScheduler3 = 0x20;
  static constexpr std::uint32_t kKnown = 0x3d;
};

struct Service {
  ServiceKey key;
  std::string scheduler = "wlc";  ///< the kernel's name, at most 15 characters; "none" is valid
  std::uint32_t flags =
      0;  ///< ServiceFlags bits; kPersistent is set exactly when persistence_seconds > 0
  std::uint32_t persistence_seconds = 0;  ///< 0 = none; at most 86400 * 31
  std::uint8_t persistence_prefix =
      32;  ///< 1..32, or 1..128 for IPv6; always written, persistent or not
  std::string
      persistence_engine;  ///< "" = none; read so that drift shows, never written by us today

  friend bool operator==(const Service&, const Service&) = default;
};

/// A service with its destinations.
struct ServiceEntry {
  Service service;
  std::map<DestinationKey, Destination> destinations;

  friend bool operator==(const ServiceEntry&, const ServiceEntry&) = default;
};

/// A whole balancing table, in canonical order. Used for the wanted and for the actual one.
using Table = std::map<ServiceKey, ServiceEntry>;
/// nullptr: it is not there.
[[nodiscard]] const ServiceEntry* find(const Table& table, const ServiceKey& key);

/// The kernel's name of a scheduler whose lookup table is built from its destinations: sh, dh, mh.
[[nodiscard]] bool is_hash_scheduler(std::string_view scheduler);

/// "TCP 192.0.2.10:80", "UDP [2001:db8::1]:53", "FWM 7", "FWM 7 IPv6": as ipvsadm prints them.
[[nodiscard]] std::string to_string(const ServiceKey& key);
/// "192.0.2.21:80", "[2001:db8::21]:80".
[[nodiscard]] std::string to_string(const DestinationKey& key);

}  // namespace evenkeel::ipvs
