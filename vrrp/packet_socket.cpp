#include "vrrp/packet_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/pkt_sched.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

#include "vrrp/receive_time.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {

namespace {

constexpr int kReceiveBuffer = 1024 * 1024;
constexpr int kTrafficClass = 0xC0;  // CS6: network control
constexpr int kOn = 1;
constexpr int kOff = 0;

union SocketAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

SocketAddress socket_address(const Address& address, int interface_index) {
  SocketAddress out{};
  if (address.is_v4()) {
    out.v4.sin_family = AF_INET;
    const auto octets = address.to_v4().to_bytes();
    std::memcpy(&out.v4.sin_addr, octets.data(), octets.size());
    return out;
  }
  out.v6.sin6_family = AF_INET6;
  const auto v6 = address.to_v6();
  const auto octets = v6.to_bytes();
  std::memcpy(&out.v6.sin6_addr, octets.data(), octets.size());
  if (v6.is_link_local() || v6.is_multicast_link_local()) {
    out.v6.sin6_scope_id = static_cast<std::uint32_t>(interface_index);
  }
  return out;
}

socklen_t size_of(const SocketAddress& address) {
  return address.any.sa_family == AF_INET ? sizeof address.v4 : sizeof address.v6;
}

Address address_of(const in_addr& address) {
  boost::asio::ip::address_v4::bytes_type octets{};
  std::memcpy(octets.data(), &address, octets.size());
  return boost::asio::ip::address_v4(octets);
}

Address address_of(const in6_addr& address) {
  boost::asio::ip::address_v6::bytes_type octets{};
  std::memcpy(octets.data(), &address, octets.size());
  return boost::asio::ip::address_v6(octets);
}

/// Opens a socket and sets it up step by step; what follows the first refusal is left out.
class Opening {
 public:
  Opening(const Delivery& delivery, int protocol) : delivery_(delivery) {
    fd_ = UniqueFd(::socket(delivery.family == Family::IPv4 ? AF_INET : AF_INET6,
                            SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
    if (!fd_) fail("open a raw socket");
  }

  template <class Value>
  void set(std::string_view doing, int level, int option, const Value& value) {
    if (!error_ && !try_set(level, option, value)) fail(doing);
  }
  /// Where the kernel may be too old for it, or we not privileged enough.
  template <class Value>
  bool try_set(int level, int option, const Value& value) {
    return ::setsockopt(fd_.get(), level, option, &value, sizeof value) == 0;
  }
  /// By its index: SO_BINDTODEVICE knows no name above 15 octets.
  void bind_to_interface() {
    set("bind to", SOL_SOCKET, SO_BINDTOIFINDEX, delivery_.interface_index);
  }
  void bind(const Address& address) {
    const SocketAddress to = socket_address(address, delivery_.interface_index);
    if (!error_ && ::bind(fd_.get(), &to.any, size_of(to)) != 0) {
      fail("bind to " + address.to_string() + " on");
    }
  }
  void filter(const SocketFilter& filter) {
    if (error_) return;
    if (const auto refused = attach_filter(fd_.get(), filter)) {
      error_ = SocketError{"set the filter for " + delivery_.interface, refused};
    }
  }
  /// What came before the socket was bound may be from anywhere.
  void discard() {
    std::array<std::uint8_t, 1> octet{};
    while (!error_ && ::recv(fd_.get(), octet.data(), octet.size(), MSG_DONTWAIT) >= 0) {
    }
  }

  [[nodiscard]] const std::optional<SocketError>& error() const { return error_; }
  [[nodiscard]] UniqueFd take() { return std::move(fd_); }

 private:
  void fail(std::string_view doing) {
    error_ = SocketError{std::string(doing) + " " + delivery_.interface,
                         std::error_code(errno, std::system_category())};
  }

  const Delivery& delivery_;
  UniqueFd fd_;
  std::optional<SocketError> error_;
};

ip_mreqn membership_v4(int interface_index) {
  ip_mreqn request{};
  request.imr_multiaddr.s_addr = htonl(multicast_group(Family::IPv4).to_v4().to_uint());
  request.imr_ifindex = interface_index;
  return request;
}

ipv6_mreq membership_v6(int interface_index) {
  ipv6_mreq request{};
  const auto group = multicast_group(Family::IPv6).to_v6().to_bytes();
  std::memcpy(&request.ipv6mr_multiaddr, group.data(), group.size());
  request.ipv6mr_interface = static_cast<unsigned>(interface_index);
  return request;
}

void join(Opening& opening, Family family, int interface_index) {
  if (family == Family::IPv4) {
    opening.set("join 224.0.0.18 on", IPPROTO_IP, IP_ADD_MEMBERSHIP,
                membership_v4(interface_index));
  } else {
    opening.set("join ff02::12 on", IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP,
                membership_v6(interface_index));
  }
}

/// Where the link has no multicast nothing comes by it either.
void try_to_join(Opening& opening, Family family, int interface_index) {
  if (family == Family::IPv4) {
    (void)opening.try_set(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership_v4(interface_index));
  } else {
    (void)opening.try_set(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, membership_v6(interface_index));
  }
}

void leave_group(int fd, Family family, int interface_index) {
  if (family == Family::IPv4) {
    const ip_mreqn request = membership_v4(interface_index);
    (void)::setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &request, sizeof request);
  } else {
    const ipv6_mreq request = membership_v6(interface_index);
    (void)::setsockopt(fd, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, &request, sizeof request);
  }
}

void set_up_receiving(Opening& opening, const Delivery& delivery) {
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
  if (!delivery.unicast_source) join(opening, delivery.family, delivery.interface_index);
  opening.bind(delivery.unicast_source.value_or(multicast_group(delivery.family)));
  opening.discard();
}

void set_up_sending(Opening& opening, const Delivery& delivery) {
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
    try_to_join(opening, delivery.family, delivery.interface_index);
  }
  // After the options that set a priority of their own (IP_TOS does).
  opening.set("set the priority for", SOL_SOCKET, SO_PRIORITY, TC_PRIO_CONTROL);
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
    packet.datagram.destination = address_of(value_of<in6_pktinfo>(header).ipi6_addr);
  }
}

}  // namespace

std::string to_string(const SocketError& error) {
  return error.doing + ": " + error.error.message();
}

tl::expected<ReceiveSocket, SocketError> ReceiveSocket::open(
    const Delivery& delivery, std::span<const std::uint8_t> virtual_router_ids) {
  Opening opening(delivery, kProtocol);
  set_up_receiving(opening, delivery);
  opening.filter(virtual_router_filter(delivery.family, virtual_router_ids));
  if (opening.error()) return tl::unexpected(*opening.error());
  return ReceiveSocket(opening.take(), delivery.family);
}

void ReceiveSocket::leave(int interface_index) {
  leave_group(fd_.get(), family_, interface_index);
}

void SendSocket::leave(int interface_index) {
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
      family_ == Family::IPv6 ? address_of(sender.v6.sin6_addr) : address_of(sender.v4.sin_addr);
  for (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(header))) {
    take(*header, packet);
  }
  return packet;
}

tl::expected<SendSocket, SocketError> SendSocket::open(const Delivery& delivery) {
  // IPPROTO_RAW hears nothing; over IPv6 it would want the IP header too.
  Opening opening(delivery, delivery.family == Family::IPv4 ? int{IPPROTO_RAW} : kProtocol);
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

}  // namespace evenkeel::vrrp
