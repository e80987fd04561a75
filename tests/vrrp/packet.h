// Packets for the tests of the codec: octets written as hex, and what surrounds a message.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "vrrp/advertisement.h"

namespace evenkeel::vrrp::testing {

using Bytes = std::vector<std::uint8_t>;

/// Spaces are left out.
[[nodiscard]] Bytes from_hex(std::string_view text);

[[nodiscard]] inline Address address(std::string_view text) {
  return boost::asio::ip::make_address(text);
}

inline const Address kSource = address("192.0.2.1");
inline const Address kSource6 = address("fe80::1");

/// As they stand in a message.
inline const Bytes kOneAddress = from_hex("c0000264");
inline const Bytes kTwoAddresses6 =
    from_hex("fe800000000000000000000000000100 20010db8000000000000000000000100");

/// Refers to kOneAddress; version3_ipv6() to kTwoAddresses6.
[[nodiscard]] Advertisement version3();
[[nodiscard]] Advertisement version3_ipv6();

/// A whole IP packet as a raw socket of its family gives it: IPv4 with its header, IPv6 without,
/// its addresses and hop limit beside it. Refers to `packet`.
[[nodiscard]] Datagram datagram_of(Family family, const Bytes& packet);

/// The addresses as they stand in a message.
[[nodiscard]] Bytes octets_of(const std::vector<Address>& addresses);

/// Summed by the book (RFC 1071), a word at a time: a second opinion on vrrp/bytes.h.
[[nodiscard]] std::uint16_t checksum_by_the_book(const Bytes& octets);

}  // namespace evenkeel::vrrp::testing
