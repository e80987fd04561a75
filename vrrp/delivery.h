// Where the advertisements of some instances come and go.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// What a socket receives: the group's packets on an interface, or those to one address of ours.
struct Delivery {
  std::string interface;
  int interface_index = 0;
  std::uint64_t incarnation = 0;  ///< of the interface: sockets of an earlier one receive nothing
  Family family = Family::IPv4;
  std::optional<Address> unicast_source;  ///< nothing = multicast

  friend std::weak_ordering operator<=>(const Delivery&, const Delivery&) = default;
};

}  // namespace evenkeel::vrrp
