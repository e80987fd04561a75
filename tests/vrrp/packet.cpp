#include "tests/vrrp/packet.h"

#include <algorithm>
#include <string>

namespace evenkeel::vrrp::testing {
namespace {

Address ipv6_at(const Bytes& packet, std::size_t at) {
  boost::asio::ip::address_v6::bytes_type bytes;
  std::copy_n(packet.begin() + static_cast<std::ptrdiff_t>(at), bytes.size(), bytes.begin());
  return boost::asio::ip::address_v6(bytes);
}

}  // namespace

Bytes from_hex(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c != ' '; });
  Bytes bytes;
  for (std::size_t at = 0; at + 2 <= digits.size(); at += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(at, 2), nullptr, 16)));
  }
  return bytes;
}

Advertisement version3() {
  return {.version = Version::V3,
          .family = Family::IPv4,
          .virtual_router_id = 51,
          .priority = 200,
          .interval = std::chrono::seconds(1),
          .addresses = kOneAddress};
}

Advertisement version3_ipv6() {
  return {.version = Version::V3,
          .family = Family::IPv6,
          .virtual_router_id = 51,
          .priority = 200,
          .interval = std::chrono::seconds(1),
          .addresses = kTwoAddresses6};
}

Datagram datagram_of(Family family, const Bytes& packet) {
  const std::span<const std::uint8_t> octets = packet;
  if (family == Family::IPv4) return {.family = family, .octets = octets};
  return {.family = family,
          .octets = octets.subspan(40),
          .source = ipv6_at(packet, 8),
          .destination = ipv6_at(packet, 24),
          .hop_limit = packet[7]};
}

Bytes octets_of(const std::vector<Address>& addresses) {
  Bytes octets;
  for (const Address& one : addresses) {
    if (one.is_v4()) {
      std::ranges::copy(one.to_v4().to_bytes(), std::back_inserter(octets));
    } else {
      std::ranges::copy(one.to_v6().to_bytes(), std::back_inserter(octets));
    }
  }
  return octets;
}

std::uint16_t checksum_by_the_book(const Bytes& octets) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < octets.size(); at += 2) {
    const std::uint32_t low = at + 1 < octets.size() ? octets[at + 1] : 0U;
    sum += static_cast<std::uint32_t>(octets[at]) << 8 | low;
    if (sum > 0xFFFF) sum -= 0xFFFF;
  }
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace evenkeel::vrrp::testing
