// The sockets for whole frames (packet_socket.h).
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/if_packet.h>
#include <linux/pkt_sched.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "vrrp/packet_socket.h"
#include "vrrp/socket_filter.h"

namespace evenkeel::vrrp {

namespace {

std::error_code last_error() {
  return {errno, std::system_category()};
}

/// Protocol 0: hears nothing until it is bound to another.
UniqueFd packet_socket() {
  return UniqueFd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

sockaddr_ll link_address(int interface_index, std::uint16_t protocol) {
  sockaddr_ll out{};
  out.sll_family = AF_PACKET;
  out.sll_protocol = htons(protocol);
  out.sll_ifindex = interface_index;
  return out;
}

}  // namespace

tl::expected<FrameSocket, SocketError> FrameSocket::open() {
  UniqueFd fd = packet_socket();
  if (!fd) return tl::unexpected(SocketError{"open a packet socket", last_error()});
  const int priority = TC_PRIO_CONTROL;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_PRIORITY, &priority, sizeof priority) != 0) {
    return tl::unexpected(SocketError{"set the priority of a packet socket", last_error()});
  }
  return FrameSocket(std::move(fd));
}

std::error_code FrameSocket::send(int interface_index, const Frame& frame) {
  const auto octets = frame.octets();
  std::uint16_t protocol = 0;
  constexpr std::size_t kEtherType = 12;
  if (octets.size() < kEtherType + sizeof protocol) {
    return std::make_error_code(std::errc::invalid_argument);
  }
  std::memcpy(&protocol, octets.data() + kEtherType, sizeof protocol);
  const sockaddr_ll to = link_address(interface_index, ntohs(protocol));
  if (::sendto(fd_.get(), octets.data(), octets.size(), MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&to), sizeof to) >= 0) {
    return {};
  }
  return last_error();
}

tl::expected<ClaimSocket, SocketError> ClaimSocket::open(int interface_index) {
  UniqueFd fd = packet_socket();
  if (!fd) return tl::unexpected(SocketError{"open a packet socket", last_error()});
  if (const auto refused = attach_filter(fd.get(), claim_filter())) {
    return tl::unexpected(SocketError{"set the filter of a packet socket", refused});
  }
  const sockaddr_ll interface = link_address(interface_index, ETH_P_ALL);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&interface), sizeof interface) != 0) {
    return tl::unexpected(
        SocketError{"listen on interface " + std::to_string(interface_index), last_error()});
  }
  return ClaimSocket(std::move(fd));
}

std::optional<Claim> ClaimSocket::receive() {
  constexpr int kBatch = 64;  // of frames that claim nothing: a flood of them must not hold us
  std::array<std::uint8_t, 512> buffer{};
  for (int i = 0; i < kBatch; ++i) {
    sockaddr_ll from{};
    socklen_t from_size = sizeof from;
    const ssize_t length = ::recvfrom(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT,
                                      reinterpret_cast<sockaddr*>(&from), &from_size);
    if (length < 0) {
      if (errno == EAGAIN) return std::nullopt;
      continue;  // ENETDOWN is told once, then it goes on
    }
    if (from.sll_pkttype == PACKET_OUTGOING) continue;
    const auto frame =
        std::span<const std::uint8_t>(buffer).first(static_cast<std::size_t>(length));
    if (auto claim = claim_in(frame)) return claim;
  }
  return std::nullopt;
}

}  // namespace evenkeel::vrrp
