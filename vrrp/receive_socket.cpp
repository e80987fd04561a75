#include "vrrp/receive_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "vrrp/address_key.h"
#include "vrrp/raw_socket.h"
#include "vrrp/receive_time.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {
namespace {

constexpr int kReceiveBuffer = 1024 * 1024;
constexpr int kOn = 1;
constexpr int kOff = 0;

void set_up_receiving(RawSocketSetup& opening, const Delivery& delivery) {
  opening.filter(drop_all_filter());
  opening.bind_to_interface();
  if (!opening.try_set(SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer)) {
    opening.set("set the receive buffer for", SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  }
  opening.set("ask for timestamps on", SOL_SOCKET, SO_TIMESTAMPNS, kOn);
  // Only what this socket joined, not what anyone on the host did.
  if (delivery.family == Family::IPv4) {
    opening.set("set IP_MULTICAST_ALL for", IPPROTO_IP, IP_MULTICAST_ALL, kOff);
    opening.set("set IP_FREEBIND for", IPPROTO_IP, IP_FREEBIND, kOn);
  } else {
    (void)opening.try_set(IPPROTO_IPV6, IPV6_MULTICAST_ALL, kOff);  // Linux 4.20
    opening.set("set IPV6_FREEBIND for", IPPROTO_IPV6, IPV6_FREEBIND, kOn);
    opening.set("set IPV6_RECVHOPLIMIT for", IPPROTO_IPV6, IPV6_RECVHOPLIMIT, kOn);
    opening.set("set IPV6_RECVPKTINFO for", IPPROTO_IPV6, IPV6_RECVPKTINFO, kOn);
  }
  if (!delivery.unicast_source) opening.join_group();
  opening.bind(delivery.unicast_source.value_or(multicast_group(delivery.family)));
  opening.discard();
}

template <class Value>
Value value_of(const cmsghdr& header) {
  Value value{};
  std::memcpy(&value, CMSG_DATA(&header), sizeof value);
  return value;
}

void take(const cmsghdr& header, ReceiveSocket::Packet& packet) {
  if (const auto time = receive_time(header)) {
    packet.received = time;
  } else if (header.cmsg_level == IPPROTO_IPV6 && header.cmsg_type == IPV6_HOPLIMIT) {
    packet.datagram.hop_limit = value_of<int>(header);
  } else if (header.cmsg_level == IPPROTO_IPV6 && header.cmsg_type == IPV6_PKTINFO) {
    packet.datagram.destination = address_of(value_of<in6_pktinfo>(header).ipi6_addr.s6_addr);
  }
}

}  // namespace

tl::expected<ReceiveSocket, SocketError> ReceiveSocket::open(
    const Delivery& delivery, std::span<const std::uint8_t> virtual_router_ids) {
  RawSocketSetup opening(delivery, kProtocol);
  set_up_receiving(opening, delivery);
  opening.filter(virtual_router_filter(delivery.family, virtual_router_ids));
  if (opening.error()) return tl::unexpected(*opening.error());
  return ReceiveSocket(opening.take(), delivery.family);
}

void ReceiveSocket::leave(int interface_index) {
  leave_group(fd_.get(), family_, interface_index);
}

std::error_code ReceiveSocket::set_filter(std::span<const std::uint8_t> virtual_router_ids) {
  return attach_filter(fd_.get(), virtual_router_filter(family_, virtual_router_ids));
}

tl::expected<std::optional<ReceiveSocket::Packet>, std::error_code> ReceiveSocket::receive(
    std::span<std::uint8_t> buffer) {
  SocketAddress sender{};
  iovec part{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec)) + CMSG_SPACE(sizeof(int)) +
                                                CMSG_SPACE(sizeof(in6_pktinfo))>
      control{};
  msghdr message{};
  message.msg_name = &sender;
  message.msg_namelen = sizeof sender;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t length = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT);
  if (length < 0) {
    if (errno == EAGAIN || errno == EINTR) return std::nullopt;
    return tl::unexpected(std::error_code(errno, std::system_category()));
  }
  Packet packet;
  packet.datagram.family = family_;
  packet.datagram.octets = buffer.first(static_cast<std::size_t>(length));
  packet.is_truncated = (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  packet.datagram.source =
      family_ == Family::IPv6
          ? address_of(sender.v6.sin6_addr.s6_addr)
          : Address(boost::asio::ip::address_v4(ntohl(sender.v4.sin_addr.s_addr)));
  for (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(header))) {
    take(*header, packet);
  }
  return packet;
}

}  // namespace evenkeel::vrrp
