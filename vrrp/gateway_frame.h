// The question to a gateway whether it is there, and its answer: an ARP request and reply, or a
// neighbour solicitation and advertisement (RFC 826, RFC 4861).
//
// Pure: whole Ethernet frames in and out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "vrrp/neighbour_frame.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// `source`: an address of ours on the interface, of the gateway's family. 0.0.0.0 and :: ask too,
/// and their answers come to all nodes.
[[nodiscard]] Frame gateway_question(const Address& gateway, const Address& source,
                                     const MacAddress& mac);

/// An answer, and who had asked for it.
struct GatewayAnswer {
  Address gateway;
  Address asker;
  MacAddress asker_mac{};
  friend bool operator==(const GatewayAnswer&, const GatewayAnswer&) = default;
};
/// Nothing: no answer to a question. What a host says unasked, a gratuitous ARP packet or an
/// unsolicited neighbour advertisement, is none: it does not show that the host hears us.
[[nodiscard]] std::optional<GatewayAnswer> gateway_answer_in(std::span<const std::uint8_t> frame);

}  // namespace evenkeel::vrrp
