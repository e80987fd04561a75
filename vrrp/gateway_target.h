// How a gateway is asked: from which interface, MAC and address.
//
// Pure.
#pragma once

#include <span>
#include <string>

#include "vrrp/gateway_config.h"
#include "vrrp/link_monitor.h"
#include "vrrp/neighbour_frame.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

struct GatewayTarget {
  GatewayConfig config;
  int interface_index = 0;
  MacAddress mac{};          ///< of the interface
  Address source;            ///< an address of ours there
  std::string link_problem;  ///< the interface is missing or down: it fails; "" = it is there
  std::string refusal;       ///< this node cannot ask; "" = it can

  friend bool operator==(const GatewayTarget&, const GatewayTarget&) = default;
};

/// `interface`: nullptr: it is missing. `virtual_ones`: addresses that are not asked from, since
/// they move; sorted. Over IPv4 an interface without another address asks as an ARP probe does.
[[nodiscard]] GatewayTarget gateway_target(const GatewayConfig& config, const Interface* interface,
                                           std::span<const Address> virtual_ones);

}  // namespace evenkeel::vrrp
