#include "vrrp/socket_filter.h"

#include <array>
#include <cerrno>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "vrrp/advertisement.h"

namespace evenkeel::vrrp {

namespace {

constexpr auto kPacketType = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
// Offsets in an Ethernet frame.
constexpr std::uint32_t kEtherType = 12;
constexpr std::uint32_t kNextHeader = 14 + 6;  // of IPv6
constexpr std::uint32_t kIcmpType = 14 + 40;   // of IPv6 without extension headers

constexpr std::uint32_t kPass = 0x40000;  // so many octets of it: more than any packet has
constexpr std::uint32_t kDrop = 0;

sock_filter statement(unsigned code, std::uint32_t value = 0) {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}

/// Jumps count the instructions to leave out.
sock_filter jump(unsigned comparison, std::uint32_t value, std::uint8_t if_true,
                 std::uint8_t if_false) {
  return {static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K), if_true, if_false, value};
}

}  // namespace

SocketFilter virtual_router_filter(Family family,
                                   std::span<const std::uint8_t> virtual_router_ids) {
  std::array<std::uint32_t, 8> wanted{1};  // one bit for each ID, 0 among them
  for (const std::uint8_t id : virtual_router_ids) wanted[id / 32U] |= 1U << (id % 32U);

  SocketFilter filter;
  // X = where the VRRP message starts: a raw IPv4 socket shows the IP header, an IPv6 one does not.
  if (family == Family::IPv4) {
    filter.push_back(statement(BPF_LDX | BPF_B | BPF_MSH, 0));
  } else {
    filter.push_back(statement(BPF_LDX | BPF_IMM, 0));
  }
  // A load from beyond the end would drop the packet.
  filter.push_back(statement(BPF_LD | BPF_W | BPF_LEN));
  filter.push_back(statement(BPF_ALU | BPF_SUB | BPF_X));
  filter.push_back(jump(BPF_JGE, 2, 1, 0));
  filter.push_back(statement(BPF_RET | BPF_K, kPass));
  // A = the word of `wanted` that has the ID's bit, X = which bit.
  filter.push_back(statement(BPF_LD | BPF_B | BPF_IND, 1));
  filter.push_back(statement(BPF_ST, 0));
  filter.push_back(statement(BPF_ALU | BPF_AND | BPF_K, 31));
  filter.push_back(statement(BPF_MISC | BPF_TAX));
  filter.push_back(statement(BPF_LD | BPF_MEM, 0));
  filter.push_back(statement(BPF_ALU | BPF_RSH | BPF_K, 5));
  constexpr std::size_t kLast = std::tuple_size_v<decltype(wanted)> - 1;
  for (std::size_t word = 0; word < kLast; ++word) {
    filter.push_back(jump(BPF_JEQ, static_cast<std::uint32_t>(word), 0, 2));
    filter.push_back(statement(BPF_LD | BPF_IMM, wanted[word]));
    const std::size_t left = 3 * (kLast - word - 1) + 1;  // until the bit is looked at
    filter.push_back(statement(BPF_JMP | BPF_JA, static_cast<std::uint32_t>(left)));
  }
  filter.push_back(statement(BPF_LD | BPF_IMM, wanted[kLast]));
  filter.push_back(statement(BPF_ALU | BPF_RSH | BPF_X));
  filter.push_back(jump(BPF_JSET, 1, 0, 1));
  filter.push_back(statement(BPF_RET | BPF_K, kPass));
  filter.push_back(statement(BPF_RET | BPF_K, kDrop));
  return filter;
}

SocketFilter conflict_filter() {
  return {
      // The kernel says so of a VLAN tag that no interface here has, too (net/core/dev.c).
      statement(BPF_LD | BPF_W | BPF_ABS, kPacketType),
      jump(BPF_JEQ, PACKET_OTHERHOST, 8, 0),
      statement(BPF_LD | BPF_H | BPF_ABS, kEtherType),
      jump(BPF_JEQ, ETHERTYPE_ARP, 5, 0),
      jump(BPF_JEQ, ETHERTYPE_IPV6, 0, 5),
      statement(BPF_LD | BPF_B | BPF_ABS, kNextHeader),
      jump(BPF_JEQ, IPPROTO_ICMPV6, 0, 3),
      statement(BPF_LD | BPF_B | BPF_ABS, kIcmpType),
      jump(BPF_JEQ, ND_NEIGHBOR_ADVERT, 0, 1),
      statement(BPF_RET | BPF_K, kPass),
      statement(BPF_RET | BPF_K, kDrop),
  };
}

SocketFilter gateway_filter() {
  constexpr std::uint32_t kArpOperation = 14 + 6;
  constexpr std::uint32_t kArpReply = 2;
  return {
      statement(BPF_LD | BPF_W | BPF_ABS, kPacketType),
      jump(BPF_JGT, PACKET_BROADCAST, 10, 0),
      statement(BPF_LD | BPF_H | BPF_ABS, kEtherType),
      jump(BPF_JEQ, ETHERTYPE_IPV6, 3, 0),
      jump(BPF_JEQ, ETHERTYPE_ARP, 0, 7),
      statement(BPF_LD | BPF_H | BPF_ABS, kArpOperation),
      jump(BPF_JEQ, kArpReply, 4, 5),
      statement(BPF_LD | BPF_B | BPF_ABS, kNextHeader),
      jump(BPF_JEQ, IPPROTO_ICMPV6, 0, 3),
      statement(BPF_LD | BPF_B | BPF_ABS, kIcmpType),
      jump(BPF_JEQ, ND_NEIGHBOR_ADVERT, 0, 1),
      statement(BPF_RET | BPF_K, kPass),
      statement(BPF_RET | BPF_K, kDrop),
  };
}

SocketFilter advertisement_filter(Family family) {
  const bool is_ipv4 = family == Family::IPv4;
  constexpr std::uint32_t kFragment = 6;  // IPv4: flags and offset
  constexpr std::uint32_t kOffsetMask = 0x1FFF;
  SocketFilter filter = {
      statement(BPF_LD | BPF_B | BPF_ABS, kPacketType),
      jump(BPF_JGT, PACKET_MULTICAST, 0, 1),  // for another host, or our own
      statement(BPF_RET | BPF_K, kDrop),
      statement(BPF_LD | BPF_B | BPF_ABS, is_ipv4 ? 9 : 6),
      jump(BPF_JEQ, kProtocol, 1, 0),
      statement(BPF_RET | BPF_K, kDrop),
  };
  if (is_ipv4) {
    filter.push_back(statement(BPF_LD | BPF_H | BPF_ABS, kFragment));
    filter.push_back(jump(BPF_JSET, kOffsetMask, 0, 1));
    filter.push_back(statement(BPF_RET | BPF_K, kDrop));
  }
  filter.push_back(statement(BPF_RET | BPF_K, kPass));
  return filter;
}

SocketFilter drop_all_filter() {
  return {statement(BPF_RET | BPF_K, kDrop)};
}

std::error_code attach_filter(int fd, const SocketFilter& filter) {
  // The kernel only reads it; its type has no const.
  const sock_fprog program{static_cast<unsigned short>(filter.size()),
                           const_cast<sock_filter*>(filter.data())};
  if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0) return {};
  return {errno, std::system_category()};
}

}  // namespace evenkeel::vrrp
