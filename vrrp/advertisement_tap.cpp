#include "vrrp/advertisement_tap.h"

#include <algorithm>
#include <cerrno>
#include <net/ethernet.h>
#include <sys/socket.h>
#include <utility>

#include "vrrp/packet_frame.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {

tl::expected<UniqueFd, SocketError> AdvertisementTap::open(Family family) {
  // Protocol 0: hears nothing until the filter is there and it is bound to another.
  UniqueFd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return tl::unexpected(last_error("open a packet socket"));
  if (const auto refused = attach_filter(fd.get(), advertisement_filter(family))) {
    return tl::unexpected(SocketError{"set the filter of a packet socket", refused});
  }
  const auto listens =
      listen_everywhere(fd.get(), family == Family::IPv4 ? ETHERTYPE_IP : ETHERTYPE_IPV6,
                        "listen for advertisements on all interfaces");
  if (!listens) return tl::unexpected(listens.error());
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
    const auto frame = receive_frame(socket.fd.get(), buffer);
    if (!frame) continue;  // EAGAIN; ENETDOWN is told once, then it goes on
    // A packet that is no VRRP message becomes an empty one: it counts as read all the same.
    Packet packet;
    packet.datagram =
        datagram_in(socket.family, frame->octets).value_or(Datagram{.family = socket.family});
    packet.interface_index = frame->from.sll_ifindex;
    if (frame->from.sll_halen == packet.mac.size()) {
      std::copy_n(frame->from.sll_addr, packet.mac.size(), packet.mac.begin());
    }
    packet.received = frame->received;
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
