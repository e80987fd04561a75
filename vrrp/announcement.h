// Frames that tell the neighbours where a virtual address is: gratuitous ARP (RFC 5227, errata 7947
// and 7949 of RFC 9568) and unsolicited neighbour advertisements (RFC 4861 section 7.2.6); and
// frames that ask whether another host has it (ARP probe, neighbour solicitation).
//
// Pure: whole Ethernet frames in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "vrrp/neighbour_frame.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// Broadcast ARP request with sender and target `address`; or an unsolicited
/// neighbour advertisement to ff02::1 with R=1 S=0 O=1, from `address` itself.
[[nodiscard]] Frame announcement(const Address& address, const MacAddress& mac);

/// ARP probe (RFC 5227: sender address 0) or neighbour solicitation from :: (RFC 4862).
[[nodiscard]] Frame probe(const Address& address, const MacAddress& mac);

/// A host says that it has an address: the sender of an ARP packet, the target of a neighbour
/// advertisement. An address conflict where the address is ours (RFC 5227 section 2.4).
struct Conflict {
  Address address;
  MacAddress mac{};
  friend bool operator==(const Conflict&, const Conflict&) = default;
};
/// Nothing: the frame says no such thing, or is malformed.
[[nodiscard]] std::optional<Conflict> conflict_in(std::span<const std::uint8_t> frame);

}  // namespace evenkeel::vrrp
