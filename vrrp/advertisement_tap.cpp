#include "vrrp/advertisement_tap.h"

#include <algorithm>
#include <cerrno>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

#include "vrrp/receive_time.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {

namespace {

SocketError last_error(const char* doing) {
  return {doing, std::error_code(errno, std::system_category())};
}

}  // namespace

tl::expected<UniqueFd, SocketError> AdvertisementTap::open(Family family) {
  // Protocol 0: hears nothing until the filter is there and it is bound to another.
  UniqueFd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return tl::unexpected(last_error("open a packet socket"));
  if (const auto refused = attach_filter(fd.get(), advertisement_filter(family))) {
    return tl::unexpected(SocketError{"set the filter of a packet socket", refused});
  }
  constexpr int kOn = 1;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, &kOn, sizeof kOn) != 0) {
    return tl::unexpected(last_error("ask for timestamps on a packet socket"));
  }
  sockaddr_ll everywhere{};
  everywhere.sll_family = AF_PACKET;
  everywhere.sll_protocol = htons(family == Family::IPv4 ? ETHERTYPE_IP : ETHERTYPE_IPV6);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&everywhere), sizeof everywhere) != 0) {
    return tl::unexpected(last_error("listen for advertisements on all interfaces"));
  }
  return fd;
}

tl::expected<AdvertisementTap, SocketError> AdvertisementTap::open() {
  auto ipv4 = open(Family::IPv4);
  if (!ipv4) return tl::unexpected(ipv4.error());
  auto ipv6 = open(Family::IPv6);
  if (!ipv6) return tl::unexpected(ipv6.error());
  return AdvertisementTap(
      {Socket{Family::IPv4, std::move(*ipv4)}, Socket{Family::IPv6, std::move(*ipv6)}});
}

std::optional<AdvertisementTap::Packet> AdvertisementTap::receive(std::span<std::uint8_t> buffer) {
  for (const Socket& socket : sockets_) {
    sockaddr_ll from{};
    iovec part{buffer.data(), buffer.size()};
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control{};
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t length = ::recvmsg(socket.fd.get(), &message, MSG_DONTWAIT);
    if (length < 0) continue;  // EAGAIN; ENETDOWN is told once, then it goes on
    // What is none of it is one that says nothing: it counts as read all the same.
    Packet packet;
    packet.datagram = datagram_in(socket.family, buffer.first(static_cast<std::size_t>(length)))
                          .value_or(Datagram{.family = socket.family});
    packet.interface_index = from.sll_ifindex;
    if (from.sll_halen == packet.mac.size()) {
      std::copy_n(from.sll_addr, packet.mac.size(), packet.mac.begin());
    }
    packet.received = receive_time(message);
    return packet;
  }
  return std::nullopt;
}

std::uint64_t AdvertisementTap::take_missed() {
  std::uint64_t missed = 0;
  for (const Socket& socket : sockets_) {
    tpacket_stats statistics{};  // reading sets it back
    socklen_t size = sizeof statistics;
    if (::getsockopt(socket.fd.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0) {
      missed += statistics.tp_drops;
    }
  }
  return missed;
}

}  // namespace evenkeel::vrrp
