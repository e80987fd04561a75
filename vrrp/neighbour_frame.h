// ARP packets and neighbour discovery's messages as whole Ethernet frames, out and in. What each is
// sent for, and what one that was received means: announcement.h, gateway_frame.h.
//
// Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

using MacAddress = std::array<std::uint8_t, 6>;
using Address4 = boost::asio::ip::address_v4;
using Address6 = boost::asio::ip::address_v6;

class Frame {
 public:
  static constexpr std::size_t kMaxSize = 14 + 40 + 32;
  [[nodiscard]] std::span<const std::uint8_t> octets() const { return {octets_.data(), size_}; }
  void append(std::span<const std::uint8_t> octets);

 private:
  std::array<std::uint8_t, kMaxSize> octets_{};
  std::size_t size_ = 0;
};

/// To all.
[[nodiscard]] Frame arp_request(const MacAddress& mac, const Address4& sender,
                                const MacAddress& target_mac, const Address4& target);
/// To the target's solicited-node group. From :: without a source link-layer address option (RFC
/// 4861 section 4.3).
[[nodiscard]] Frame neighbour_solicitation(const MacAddress& mac, const Address6& source,
                                           const Address6& target);
/// To ff02::1 with R=1 S=0 O=1, from `address` itself.
[[nodiscard]] Frame unsolicited_advertisement(const MacAddress& mac, const Address6& address);

struct ArpPacket {
  bool is_reply = false;  ///< else a request
  MacAddress sender_mac{};
  Address sender;
  MacAddress target_mac{};
  Address target;
};
/// Nothing: another frame, or malformed.
[[nodiscard]] std::optional<ArpPacket> decode_arp(std::span<const std::uint8_t> frame);

/// By RFC 4861 section 7.1.2: what it must be to count.
struct NeighbourAdvertisement {
  MacAddress destination_mac{};  ///< of the Ethernet frame
  Address destination;
  bool is_solicited = false;
  Address target;
  MacAddress target_mac{};  ///< as its option says, else the sender's
};
/// Nothing: another frame, or malformed.
[[nodiscard]] std::optional<NeighbourAdvertisement> decode_neighbour_advertisement(
    std::span<const std::uint8_t> frame);

}  // namespace evenkeel::vrrp
