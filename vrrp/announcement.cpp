#include "vrrp/announcement.h"

namespace evenkeel::vrrp {
namespace {

constexpr MacAddress kBroadcast = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

std::optional<Conflict> conflict(const Address& address, const MacAddress& mac) {
  // An ARP probe's sender is 0: it asks, and says nothing.
  if (address.is_unspecified() || address.is_multicast()) return std::nullopt;
  return Conflict{address, mac};
}

}  // namespace

Frame announcement(const Address& address, const MacAddress& mac) {
  if (address.is_v6()) return unsolicited_advertisement(mac, address.to_v6());
  const Address4 virtual_address = address.to_v4();
  return arp_request(mac, virtual_address, kBroadcast, virtual_address);
}

Frame probe(const Address& address, const MacAddress& mac) {
  if (address.is_v6()) return neighbour_solicitation(mac, Address6(), address.to_v6());
  return arp_request(mac, Address4(), {}, address.to_v4());
}

std::optional<Conflict> conflict_in(std::span<const std::uint8_t> frame) {
  if (const auto arp = decode_arp(frame)) return conflict(arp->sender, arp->sender_mac);
  const auto advertisement = decode_neighbour_advertisement(frame);
  if (!advertisement) return std::nullopt;
  return conflict(advertisement->target, advertisement->target_mac);
}

}  // namespace evenkeel::vrrp
