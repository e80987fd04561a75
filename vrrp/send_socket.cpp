#include "vrrp/send_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/pkt_sched.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "vrrp/advertisement.h"
#include "vrrp/raw_socket.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {
namespace {

constexpr int kTrafficClass = 0xC0;  // CS6: network control
constexpr int kOn = 1;
constexpr int kOff = 0;

void set_up_sending(RawSocketSetup& opening, const Delivery& delivery) {
  opening.filter(drop_all_filter());
  opening.set("set the receive buffer for", SOL_SOCKET, SO_RCVBUF, kOff);  // the least there is
  opening.bind_to_interface();
  if (delivery.family == Family::IPv4) {
    ip_mreqn interface {};
    interface.imr_ifindex = delivery.interface_index;
    opening.set("send multicast on", IPPROTO_IP, IP_MULTICAST_IF, interface);
    opening.set("set IP_MULTICAST_LOOP for", IPPROTO_IP, IP_MULTICAST_LOOP, kOff);
    opening.set("set IP_HDRINCL for", IPPROTO_IP, IP_HDRINCL, kOn);
  } else {
    constexpr int kHops = kHopLimit;
    opening.set("send multicast on", IPPROTO_IPV6, IPV6_MULTICAST_IF, delivery.interface_index);
    opening.set("set IPV6_MULTICAST_LOOP for", IPPROTO_IPV6, IPV6_MULTICAST_LOOP, kOff);
    opening.set("set the hop limit for", IPPROTO_IPV6, IPV6_MULTICAST_HOPS, kHops);
    opening.set("set the hop limit for", IPPROTO_IPV6, IPV6_UNICAST_HOPS, kHops);
    opening.set("set the traffic class for", IPPROTO_IPV6, IPV6_TCLASS, kTrafficClass);
  }
  // By unicast too the interface is in the group, so that the network brings what somebody else
  // advertises by multicast (advertisement_tap.h). Not on the receive socket: over IPv6 a member
  // hears the group whatever it is bound to (Linux net/ipv6/raw.c, raw_v6_match()).
  if (delivery.unicast_source) {
    opening.try_to_join_group();
  }
  // After the options that set a priority of their own (IP_TOS does).
  opening.set("set the priority for", SOL_SOCKET, SO_PRIORITY, TC_PRIO_CONTROL);
}

}  // namespace

tl::expected<SendSocket, SocketError> SendSocket::open(const Delivery& delivery) {
  // IPPROTO_RAW hears nothing; over IPv6 it would want the IP header too.
  RawSocketSetup opening(delivery, delivery.family == Family::IPv4 ? int{IPPROTO_RAW} : kProtocol);
  set_up_sending(opening, delivery);
  if (opening.error()) return tl::unexpected(*opening.error());
  return SendSocket(opening.take(), delivery.family, delivery.interface_index);
}

std::error_code SendSocket::send(std::span<const std::uint8_t> octets, const Address& source,
                                 const Address& destination) {
  SocketAddress to = socket_address(destination, interface_index_);
  iovec part{const_cast<std::uint8_t*>(octets.data()), octets.size()};  // the kernel only reads
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in6_pktinfo))> control{};
  msghdr message{};
  message.msg_name = &to;
  message.msg_namelen = size_of(to);
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (family_ == Family::IPv6) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = IPPROTO_IPV6;
    header->cmsg_type = IPV6_PKTINFO;
    header->cmsg_len = CMSG_LEN(sizeof(in6_pktinfo));
    in6_pktinfo info{};
    info.ipi6_addr = socket_address(source, interface_index_).v6.sin6_addr;
    info.ipi6_ifindex = static_cast<unsigned>(interface_index_);
    std::memcpy(CMSG_DATA(header), &info, sizeof info);
  }
  if (::sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return {};
  return {errno, std::system_category()};
}

void SendSocket::leave(int interface_index) {
  leave_group(fd_.get(), family_, interface_index);
}

}  // namespace evenkeel::vrrp
