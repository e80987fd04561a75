#include "vrrp/packet_frame.h"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>

namespace evenkeel::vrrp {
tl::expected<void, SocketError> listen_everywhere(int fd, std::uint16_t protocol,
                                                  const char* doing) {
  constexpr int kOn = 1;
  if (::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &kOn, sizeof kOn) != 0) {
    return tl::unexpected(last_error("ask for timestamps on a packet socket"));
  }
  sockaddr_ll everywhere{};
  everywhere.sll_family = AF_PACKET;
  everywhere.sll_protocol = htons(protocol);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&everywhere), sizeof everywhere) != 0) {
    return tl::unexpected(last_error(doing));
  }
  return {};
}

std::optional<ReceivedFrame> receive_frame(int fd, std::span<std::uint8_t> buffer) {
  ReceivedFrame frame;
  iovec part{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control{};
  msghdr message{};
  message.msg_name = &frame.from;
  message.msg_namelen = sizeof frame.from;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t length = ::recvmsg(fd, &message, MSG_DONTWAIT);
  if (length < 0) return std::nullopt;
  frame.octets = buffer.first(static_cast<std::size_t>(length));
  frame.received = receive_time(message);
  return frame;
}

}  // namespace evenkeel::vrrp
