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

/// A whole IP packet as a raw socket of its family gives it: IPv4 with its header, IPv6 without,
/// its addresses and hop limit beside it. Refers to `packet`.
[[nodiscard]] Datagram datagram_of(Family family, const Bytes& packet);

/// The addresses as they stand in a message.
[[nodiscard]] Bytes octets_of(const std::vector<Address>& addresses);

/// Summed by the book (RFC 1071), a word at a time: a second opinion on vrrp/bytes.h.
[[nodiscard]] std::uint16_t checksum_by_the_book(const Bytes& octets);

}  // namespace evenkeel::vrrp::testing
