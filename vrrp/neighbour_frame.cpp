#include "vrrp/neighbour_frame.h"

#include <algorithm>

#include "vrrp/address_key.h"
#include "vrrp/bytes.h"

// Ethernet, then one of two.
//
// ARP (RFC 826):
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-------------------------------+-------------------------------+
//   |   hardware: Ethernet = 1      |    protocol: IPv4 = 0x0800    |
//   +---------------+---------------+-------------------------------+
//   |  6 octets     |  4 octets     | operation: request 1, reply 2 |
//   +---------------+---------------+-------------------------------+
//   | sender hardware (6), sender protocol (4)                      |
//   | target hardware (6), target protocol (4)                      |
//   +---------------------------------------------------------------+
//
// IPv6 and a neighbour advertisement or solicitation (RFC 4861 sections 4.3 and 4.4):
//
//   +---------------+---------------+-------------------------------+
//   |  136 or 135   |    code 0     |           checksum            |
//   +-+-+-+---------+---------------+-------------------------------+
//   |R|S|O|                       reserved                          |
//   +-+-+-+---------------------------------------------------------+
//   | target address (16)                                           |
//   +---------------+---------------+-------------------------------+
//   | option type   | length in 8 octets | ...                      |
//   +---------------+---------------+-------------------------------+

namespace evenkeel::vrrp {
namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::size_t kEthernetHeader = 14;
constexpr std::size_t kMacSource = 6;
constexpr std::size_t kEtherType = 12;
constexpr std::uint16_t kEtherTypeArp = 0x0806;
constexpr std::uint16_t kEtherTypeIPv6 = 0x86DD;
constexpr MacAddress kBroadcast = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

constexpr std::size_t kArpSize = 28;
constexpr std::uint16_t kArpRequest = 1;
constexpr std::uint16_t kArpReply = 2;
constexpr std::array<std::uint8_t, 6> kArpEthernetIPv4 = {0, 1, 0x08, 0x00, 6, 4};

constexpr std::size_t kIPv6Header = 40;
constexpr std::size_t kIPv6Source = 8;
constexpr std::size_t kIPv6Destination = 24;
constexpr std::uint8_t kNextHeaderIcmp = 58;
constexpr std::uint8_t kNeighbourHopLimit = 255;
constexpr std::uint8_t kNeighbourSolicitation = 135;
constexpr std::uint8_t kNeighbourAdvertisement = 136;
constexpr std::size_t kNeighbourMessage = 24;  ///< without options
constexpr std::size_t kNeighbourTarget = 8;
constexpr std::uint8_t kRouterOverride = 0xA0;  ///< R=1 S=0 O=1
constexpr std::uint8_t kSolicited = 0x40;
constexpr std::uint8_t kSourceLinkLayerAddress = 1;
constexpr std::uint8_t kTargetLinkLayerAddress = 2;
constexpr Address6::bytes_type kAllNodes = {0xFF, 0x02, 0, 0, 0, 0, 0, 0,
                                            0,    0,    0, 0, 0, 0, 0, 0x01};

/// A whole frame under construction.
class FrameWriter : public ByteWriter {
 public:
  FrameWriter(const MacAddress& destination, const MacAddress& source, std::uint16_t ether_type)
      : ByteWriter(buffer_) {
    octets(destination);
    octets(source);
    u16(ether_type);
  }

  [[nodiscard]] Frame frame() const {
    Frame frame;
    frame.append(written());
    return frame;
  }

 private:
  std::array<std::uint8_t, Frame::kMaxSize> buffer_{};
};

/// RFC 2464 section 7: 33:33 and the last four octets of the group.
MacAddress mac_of_group(const Address6::bytes_type& group) {
  return {0x33, 0x33, group[12], group[13], group[14], group[15]};
}

/// RFC 4291 section 2.7.1: ff02::1:ff00:0/104 and the last three octets of the address.
Address6::bytes_type solicited_node_group(const Address6::bytes_type& address) {
  return {0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xFF, address[13], address[14], address[15]};
}

/// Of an ICMPv6 message with RFC 8200's pseudo-header; `addresses`: source and destination.
OnesComplementSum icmp_sum(Octets addresses, Octets message) {
  OnesComplementSum sum;
  sum.add(addresses);
  sum.add(static_cast<std::uint16_t>(message.size()));
  sum.add(kNextHeaderIcmp);
  sum.add(message);
  return sum;
}

Frame neighbour_frame(std::uint8_t type, std::uint8_t flags, const MacAddress& mac,
                      const Address6::bytes_type& source, const Address6::bytes_type& group,
                      const Address6::bytes_type& target, Octets options) {
  FrameWriter writer(mac_of_group(group), mac, kEtherTypeIPv6);
  writer.u16(0x6000);  // version 6, traffic class and flow label 0
  writer.u16(0);
  writer.u16(static_cast<std::uint16_t>(kNeighbourMessage + options.size()));
  writer.u8(kNextHeaderIcmp);
  writer.u8(kNeighbourHopLimit);
  const std::size_t addresses_at = writer.size();
  writer.octets(source);
  writer.octets(group);
  const std::size_t message_at = writer.size();
  writer.u8(type);
  writer.u8(0);
  const std::size_t checksum_at = writer.size();
  writer.u16(0);
  writer.u8(flags);
  writer.octets(std::array<std::uint8_t, 3>{});
  writer.octets(target);
  writer.octets(options);
  const Octets addresses = writer.written(addresses_at).first(message_at - addresses_at);
  writer.u16_at(checksum_at, icmp_sum(addresses, writer.written(message_at)).complement());
  return writer.frame();
}

MacAddress mac_at(Octets octets, std::size_t at) {
  MacAddress mac{};
  std::ranges::copy(octets.subspan(at, mac.size()), mac.begin());
  return mac;
}

std::array<std::uint8_t, 8> link_layer_option(std::uint8_t type, const MacAddress& mac) {
  std::array<std::uint8_t, 8> option{type, 1};
  std::ranges::copy(mac, option.begin() + 2);
  return option;
}

Octets payload_of(Octets frame, std::uint16_t ether_type) {
  if (frame.size() < kEthernetHeader || load_u16(frame, kEtherType) != ether_type) return {};
  return frame.subspan(kEthernetHeader);
}

/// The last target link-layer address; `mac`: where there is none. Nothing: malformed.
std::optional<MacAddress> target_mac_in(Octets options, MacAddress mac) {
  while (!options.empty()) {
    if (options.size() < 8) return std::nullopt;
    const std::size_t size = options[1] * std::size_t{8};
    if (size == 0 || size > options.size()) return std::nullopt;
    if (options[0] == kTargetLinkLayerAddress && size == 8) mac = mac_at(options, 2);
    options = options.subspan(size);
  }
  return mac;
}

}  // namespace

void Frame::append(std::span<const std::uint8_t> octets) {
  std::ranges::copy(octets, std::span(octets_).subspan(size_, octets.size()).begin());
  size_ += octets.size();
}

Frame arp_request(const MacAddress& mac, const Address4& sender, const MacAddress& target_mac,
                  const Address4& target) {
  FrameWriter writer(kBroadcast, mac, kEtherTypeArp);
  writer.octets(kArpEthernetIPv4);
  writer.u16(kArpRequest);
  writer.octets(mac);
  writer.octets(sender.to_bytes());
  writer.octets(target_mac);
  writer.octets(target.to_bytes());
  return writer.frame();
}

Frame neighbour_solicitation(const MacAddress& mac, const Address6& source,
                             const Address6& target) {
  const Address6::bytes_type bytes = target.to_bytes();
  const auto option = link_layer_option(kSourceLinkLayerAddress, mac);
  return neighbour_frame(kNeighbourSolicitation, 0, mac, source.to_bytes(),
                         solicited_node_group(bytes), bytes,
                         source.is_unspecified() ? Octets() : Octets(option));
}

Frame unsolicited_advertisement(const MacAddress& mac, const Address6& address) {
  const Address6::bytes_type bytes = address.to_bytes();
  return neighbour_frame(kNeighbourAdvertisement, kRouterOverride, mac, bytes, kAllNodes, bytes,
                         link_layer_option(kTargetLinkLayerAddress, mac));
}

std::optional<ArpPacket> decode_arp(std::span<const std::uint8_t> frame) {
  const Octets arp = payload_of(frame, kEtherTypeArp);
  if (arp.size() < kArpSize) return std::nullopt;
  if (!std::ranges::equal(arp.first(kArpEthernetIPv4.size()), kArpEthernetIPv4)) {
    return std::nullopt;
  }
  const std::uint16_t operation = load_u16(arp, 6);
  if (operation != kArpRequest && operation != kArpReply) return std::nullopt;
  return ArpPacket{.is_reply = operation == kArpReply,
                   .sender_mac = mac_at(arp, 8),
                   .sender = address_of(arp.subspan(14, 4)),
                   .target_mac = mac_at(arp, 18),
                   .target = address_of(arp.subspan(24, 4))};
}

std::optional<NeighbourAdvertisement> decode_neighbour_advertisement(
    std::span<const std::uint8_t> frame) {
  const Octets packet = payload_of(frame, kEtherTypeIPv6);
  if (packet.size() < kIPv6Header + kNeighbourMessage || packet[0] >> 4 != 6) return std::nullopt;
  const std::size_t payload = load_u16(packet, 4);
  if (payload < kNeighbourMessage || payload > packet.size() - kIPv6Header) return std::nullopt;
  if (packet[6] != kNextHeaderIcmp || packet[7] != kNeighbourHopLimit) return std::nullopt;
  const Octets message = packet.subspan(kIPv6Header, payload);
  if (message[0] != kNeighbourAdvertisement || message[1] != 0) return std::nullopt;
  if (!icmp_sum(packet.subspan(kIPv6Source, 32), message).is_right()) return std::nullopt;
  const bool is_solicited = (message[4] & kSolicited) != 0;
  const Address destination = address_of(packet.subspan(kIPv6Destination, 16));
  if (destination.is_multicast() && is_solicited) return std::nullopt;
  const auto mac = target_mac_in(message.subspan(kNeighbourMessage), mac_at(frame, kMacSource));
  if (!mac) return std::nullopt;
  return NeighbourAdvertisement{.destination_mac = mac_at(frame, 0),
                                .destination = destination,
                                .is_solicited = is_solicited,
                                .target = address_of(message.subspan(kNeighbourTarget, 16)),
                                .target_mac = *mac};
}

}  // namespace evenkeel::vrrp
