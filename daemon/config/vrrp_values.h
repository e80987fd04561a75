// Which values a password, an interval or an address of a virtual router may have.
//
// Pure. Reasons: vrrp/README.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "vrrp/config.h"
#include "vrrp/shared_page.h"

namespace evenkeel::daemon {

constexpr std::size_t kMaxPassword = 8;  ///< octets: the field of the packet

/// At 0 s, 50 ms, 250 ms, 1 s and 5 s, then every 60 s.
[[nodiscard]] vrrp::AnnouncementSchedule default_announcements();

/// Whether a packet can carry the interval: version 3 has 12 bits of centiseconds, version 2 has 8
/// of seconds.
[[nodiscard]] bool is_advertisement_interval(vrrp::Version version, vrrp::Duration interval);
/// "10ms .. 40950ms in steps of 10ms"
[[nodiscard]] std::string_view advertisement_interval_range(vrrp::Version version);
/// At most 8 printable ASCII characters; "" is none.
[[nodiscard]] bool is_vrrp_password(std::string_view text);
/// "192.0.2.10" is /32, "2001:db8::10" /128, or with a prefix length from 1; nothing for any other
/// text.
[[nodiscard]] std::optional<vrrp::InterfaceAddress> parse_interface_address(std::string_view text);
/// Why the address cannot move between nodes: "a loopback address". Nothing: it can. A link-local
/// address can (RFC 9568 wants one first in IPv6).
[[nodiscard]] std::optional<std::string_view> why_not_virtual(const vrrp::Address& address);
/// An address that another host on a link may have.
[[nodiscard]] bool is_neighbour_address(std::string_view text);
constexpr std::size_t kMaxAddressText = 45;  ///< of an IPv6 address that ends as an IPv4 one
/// The shared page has no place for more.
constexpr std::size_t kMostInstances = vrrp::SharedPage::kMaxRouters;
/// How many addresses one advertisement holds without being fragmented at an MTU of 1500.
[[nodiscard]] std::size_t most_virtual_addresses(vrrp::Family family);

}  // namespace evenkeel::daemon
