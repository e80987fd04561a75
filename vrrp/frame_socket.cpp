#include "vrrp/frame_socket.h"

#include <cerrno>
#include <cstring>
#include <linux/if_packet.h>
#include <linux/pkt_sched.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace evenkeel::vrrp {

namespace {

sockaddr_ll link_address(int interface_index, std::uint16_t protocol) {
  sockaddr_ll out{};
  out.sll_family = AF_PACKET;
  out.sll_protocol = htons(protocol);
  out.sll_ifindex = interface_index;
  return out;
}

}  // namespace

tl::expected<FrameSocket, SocketError> FrameSocket::open() {
  UniqueFd fd(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return tl::unexpected(last_error("open a packet socket"));
  const int priority = TC_PRIO_CONTROL;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_PRIORITY, &priority, sizeof priority) != 0) {
    return tl::unexpected(last_error("set the priority of a packet socket"));
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

}  // namespace evenkeel::vrrp
