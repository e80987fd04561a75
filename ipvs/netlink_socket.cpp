#include "ipvs/netlink_socket.h"

#include <algorithm>
#include <cerrno>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace evenkeel::ipvs {

namespace {

constexpr int kReceiveBuffer = 4 * 1024 * 1024;
constexpr timeval kReceiveLimit{5, 0};
/// The kernel makes datagrams of a dump no longer than 32 KiB (NLMSG_GOODSIZE, af_netlink.c), and
/// those only if the receiver has shown room for them.
constexpr std::size_t kLongestDatagram = std::size_t{64} * 1024;

bool set_option(int descriptor, int level, int option, const void* value, socklen_t size) {
  return setsockopt(descriptor, level, option, value, size) == 0;
}

}  // namespace

void NetlinkSocket::Close::operator()(mnl_socket* socket) const {
  mnl_socket_close(socket);
}

NetlinkSocket::NetlinkSocket(mnl_socket* socket) : socket_(socket), buffer_(kLongestDatagram) {}

tl::expected<NetlinkSocket, int> NetlinkSocket::open() {
  mnl_socket* opened = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
  if (opened == nullptr) return tl::unexpected(errno);
  NetlinkSocket socket(opened);
  if (mnl_socket_bind(opened, 0, MNL_SOCKET_AUTOPID) < 0) return tl::unexpected(errno);

  const int descriptor = mnl_socket_get_fd(opened);
  const int on = 1;
  if (!set_option(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer)) {
    set_option(descriptor, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  }
  // Errors do not carry a copy of the request: less to receive. Older kernels do not know it.
  set_option(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
  if (!set_option(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kReceiveLimit, sizeof kReceiveLimit)) {
    return tl::unexpected(errno);
  }
  return socket;
}

std::size_t NetlinkSocket::longest_send() const {
  constexpr int kOverhead = 32;  // netlink_sendmsg(): EMSGSIZE beyond sk_sndbuf - 32
  int size = 0;
  socklen_t length = sizeof size;
  if (getsockopt(mnl_socket_get_fd(socket_.get()), SOL_SOCKET, SO_SNDBUF, &size, &length) != 0) {
    return 0;
  }
  return static_cast<std::size_t>(std::max(size - kOverhead, 0));
}

tl::expected<void, int> NetlinkSocket::send(std::span<const std::byte> requests) {
  while (mnl_socket_sendto(socket_.get(), requests.data(), requests.size()) < 0) {
    if (errno != EINTR) return tl::unexpected(errno);
  }
  return {};
}

tl::expected<std::span<const std::byte>, int> NetlinkSocket::receive() {
  while (true) {
    sockaddr_nl sender{};
    iovec part{buffer_.data(), buffer_.size()};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t length = recvmsg(mnl_socket_get_fd(socket_.get()), &message, 0);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return tl::unexpected(errno);
    if (sender.nl_pid != 0) continue;  // only the kernel answers us
    if ((message.msg_flags & MSG_TRUNC) != 0) return tl::unexpected(EMSGSIZE);
    return std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(length));
  }
}

}  // namespace evenkeel::ipvs
