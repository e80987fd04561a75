// The words of the protocol (RFC 9568, RFC 3768), as values.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::vrrp {

using fields::name;
using fields::to_string;

using Duration = std::chrono::steady_clock::duration;  ///< nanoseconds
using TimePoint = std::chrono::steady_clock::time_point;
using Address = boost::asio::ip::address;

enum class Family : std::uint8_t { IPv4 = 4, IPv6 = 6 };
constexpr auto words_of(Family) {
  using enum Family;
  return fields::words<Family>({{IPv4, "ipv4", "IPv4"}, {IPv6, "ipv6", "IPv6"}});
}
enum class Version : std::uint8_t { V2 = 2, V3 = 3 };
constexpr auto words_of(Version) {
  using enum Version;
  return fields::words<Version>({{V2, "2"}, {V3, "3"}});
}
/// Octets of a name: an instance's, a sync group's, an interface's, whatever the file names.
constexpr std::size_t kMaxName = 128;

/// RFC 9568 section 6.4 says Active for Master; operators say Master.
enum class State : std::uint8_t { Initialize, Backup, Master };
constexpr auto words_of(State) {
  using enum State;
  return fields::words<State>({{Initialize, "initialize", "INITIALIZE"},
                               {Backup, "backup", "BACKUP"},
                               {Master, "master", "MASTER"}});
}

/// What tells one virtual router from another on a host: IPv4 and IPv6 with the same ID are two.
struct RouterKey {
  std::string interface;
  Family family = Family::IPv4;
  std::uint8_t virtual_router_id = 0;  ///< 1..255

  friend auto operator<=>(const RouterKey&, const RouterKey&) = default;
};

/// An address as it is put on an interface.
struct InterfaceAddress {
  Address address;
  std::uint8_t prefix_length = 32;  ///< 32 and 128: no connected route comes with it

  friend bool operator==(const InterfaceAddress&, const InterfaceAddress&) = default;
  /// By hand: Boost's address knows only <.
  friend std::strong_ordering operator<=>(const InterfaceAddress& a, const InterfaceAddress& b) {
    if (a.address < b.address) return std::strong_ordering::less;
    if (b.address < a.address) return std::strong_ordering::greater;
    return a.prefix_length <=> b.prefix_length;
  }
};
constexpr auto fields_of(fields::Of<InterfaceAddress>) {
  using fields::field;
  using T = InterfaceAddress;
  return fields::table(field<&T::address>("address"), field<&T::prefix_length>("prefix_length"));
}
[[nodiscard]] std::string to_string(const InterfaceAddress& address);  // "192.0.2.10/32"

[[nodiscard]] inline Family family_of(const Address& address) {
  return address.is_v6() ? Family::IPv6 : Family::IPv4;
}

}  // namespace evenkeel::vrrp
