// An address as octets that compare fast: IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2). Pure,
// allocates nothing.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

using AddressKey = std::array<std::uint8_t, 16>;

/// `octets`: 4 or 16.
[[nodiscard]] inline AddressKey key_of(std::span<const std::uint8_t> octets) {
  AddressKey key{};
  if (octets.size() == 4) key[10] = key[11] = 0xFF;
  std::ranges::copy(octets, key.end() - static_cast<std::ptrdiff_t>(octets.size()));
  return key;
}

[[nodiscard]] inline AddressKey key_of(const Address& address) {
  if (address.is_v4()) return key_of(address.to_v4().to_bytes());
  return key_of(address.to_v6().to_bytes());
}

[[nodiscard]] inline Address address_of(const AddressKey& key, Family family) {
  if (family == Family::IPv6) return boost::asio::ip::address_v6(key);
  return boost::asio::ip::address_v4({key[12], key[13], key[14], key[15]});
}

/// `octets`: 4 or 16.
[[nodiscard]] inline Address address_of(std::span<const std::uint8_t> octets) {
  return address_of(key_of(octets), octets.size() == 4 ? Family::IPv4 : Family::IPv6);
}

}  // namespace evenkeel::vrrp
