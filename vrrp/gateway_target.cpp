#include "vrrp/gateway_target.h"

#include <algorithm>
#include <boost/asio/ip/network_v4.hpp>

#include "vrrp/interface_use.h"

namespace evenkeel::vrrp {
namespace {

bool is_in_subnet(const Address& address, const InterfaceAddress& subnet) {
  const auto network = boost::asio::ip::network_v4(subnet.address.to_v4(), subnet.prefix_length);
  return boost::asio::ip::network_v4(address.to_v4(), subnet.prefix_length).canonical() ==
         network.canonical();
}

/// Of the gateway's subnet, if there is one: some gateways answer nobody else.
std::optional<Address> source_in_subnet(const Interface& interface, const Address& gateway,
                                        std::span<const Address> virtual_ones) {
  for (const auto& [order, each] : interface.addresses.unmarked()) {
    const InterfaceAddress& ours = each.address;
    if (!ours.address.is_v4() || !is_in_subnet(gateway, ours)) continue;
    if (std::binary_search(virtual_ones.begin(), virtual_ones.end(), ours.address)) continue;
    return ours.address;
  }
  return std::nullopt;
}

}  // namespace

GatewayTarget gateway_target(const GatewayConfig& config, const Interface* interface,
                             std::span<const Address> virtual_ones) {
  GatewayTarget target{.config = config};
  const TrackResult link = judge_interface(interface);
  if (link.state == TrackState::Fails) {
    target.link_problem = config.interface + " is " + link.reason;
    return target;
  }
  target.interface_index = interface->index;
  target.mac = interface->mac;
  if (target.mac == MacAddress{}) {
    target.refusal = config.interface + " has no MAC address";
    return target;
  }
  const bool is_v4 = config.address.is_v4();
  std::optional<Address> source;
  if (is_v4) source = source_in_subnet(*interface, config.address, virtual_ones);
  if (!source) {
    source = interface->source_address(is_v4 ? Family::IPv4 : Family::IPv6, virtual_ones);
  }
  if (!source && !is_v4) {
    target.refusal = config.interface + " has no address to ask from";
    return target;
  }
  target.source = source.value_or(Address4());
  return target;
}

}  // namespace evenkeel::vrrp
