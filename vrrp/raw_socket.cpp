#include "vrrp/raw_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "vrrp/advertisement.h"

namespace evenkeel::vrrp {
namespace {

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

}  // namespace

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

RawSocketSetup::RawSocketSetup(const Delivery& delivery, int protocol) : delivery_(delivery) {
  fd_ = UniqueFd(::socket(delivery.family == Family::IPv4 ? AF_INET : AF_INET6,
                          SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!fd_) fail("open a raw socket");
}

void RawSocketSetup::bind(const Address& address) {
  const SocketAddress to = socket_address(address, delivery_.interface_index);
  if (!error_ && ::bind(fd_.get(), &to.any, size_of(to)) != 0) {
    fail("bind to " + address.to_string() + " on");
  }
}

void RawSocketSetup::filter(const SocketFilter& filter) {
  if (error_) return;
  if (const auto refused = attach_filter(fd_.get(), filter)) {
    error_ = SocketError{"set the filter for " + delivery_.interface, refused};
  }
}

void RawSocketSetup::discard() {
  std::array<std::uint8_t, 1> octet{};
  while (!error_ && ::recv(fd_.get(), octet.data(), octet.size(), MSG_DONTWAIT) >= 0) {
  }
}

void RawSocketSetup::join_group() {
  if (error_ || try_to_join_group()) return;
  fail(delivery_.family == Family::IPv4 ? "join 224.0.0.18 on" : "join ff02::12 on");
}

bool RawSocketSetup::try_to_join_group() {
  const int index = delivery_.interface_index;
  return delivery_.family == Family::IPv4
             ? try_set(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership_v4(index))
             : try_set(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, membership_v6(index));
}

void RawSocketSetup::fail(std::string_view doing) {
  error_ = SocketError{std::string(doing) + " " + delivery_.interface,
                       std::error_code(errno, std::system_category())};
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

}  // namespace evenkeel::vrrp
