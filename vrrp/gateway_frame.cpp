#include "vrrp/gateway_frame.h"

namespace evenkeel::vrrp {
namespace {

bool may_be_a_gateway(const Address& address) {
  return !address.is_unspecified() && !address.is_multicast();
}

}  // namespace

Frame gateway_question(const Address& gateway, const Address& source, const MacAddress& mac) {
  if (gateway.is_v6()) return neighbour_solicitation(mac, source.to_v6(), gateway.to_v6());
  return arp_request(mac, source.to_v4(), {}, gateway.to_v4());
}

std::optional<GatewayAnswer> gateway_answer_in(std::span<const std::uint8_t> frame) {
  if (const auto arp = decode_arp(frame)) {
    if (!arp->is_reply || !may_be_a_gateway(arp->sender)) return std::nullopt;
    if (arp->target == arp->sender) return std::nullopt;  // gratuitous
    return GatewayAnswer{arp->sender, arp->target, arp->target_mac};
  }
  const auto advertisement = decode_neighbour_advertisement(frame);
  if (!advertisement || !advertisement->is_solicited) return std::nullopt;
  if (!may_be_a_gateway(advertisement->target)) return std::nullopt;
  return GatewayAnswer{advertisement->target, advertisement->destination,
                       advertisement->destination_mac};
}

}  // namespace evenkeel::vrrp
