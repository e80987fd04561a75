// A descriptor whose last close() takes an hour, and how to pass it on.
#pragma once

#include <array>
#include <cstring>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/uio.h>

#include "daemon/process/descriptor.h"

namespace evenkeel::daemon {

/// A TCP connection on loopback with data that its reader does not take, and SO_LINGER.
class LingeringSocket {
 public:
  LingeringSocket() {
    const Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    is_made_ = ::bind(listener.get(), generic, length) == 0 && ::listen(listener.get(), 1) == 0 &&
               ::getsockname(listener.get(), generic, &length) == 0;
    socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    is_made_ = is_made_ && ::connect(socket_.get(), generic, length) == 0;
    reader_.reset(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const linger hour{.l_onoff = 1, .l_linger = 3600};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &hour, sizeof hour);
    const std::array<char, 65536> octets{};
    while (::send(socket_.get(), octets.data(), octets.size(), MSG_DONTWAIT) > 0) {
    }
  }

  [[nodiscard]] bool is_made() const { return is_made_ && reader_; }
  [[nodiscard]] int get() const { return socket_.get(); }
  [[nodiscard]] Descriptor take() { return std::move(socket_); }
  /// Ours is not the last descriptor: whoever has been passed one has it.
  void let_go() { socket_.reset(); }

 private:
  Descriptor socket_;
  Descriptor reader_;
  bool is_made_ = false;
};

/// Octets with a descriptor, in one message.
inline bool pass(int unix_socket, std::string_view octets, int descriptor) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  iovec payload{const_cast<char*>(octets.data()), octets.size()};
  msghdr header{};
  header.msg_iov = &payload;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  cmsghdr* part = CMSG_FIRSTHDR(&header);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(part), &descriptor, sizeof descriptor);
  return ::sendmsg(unix_socket, &header, MSG_NOSIGNAL) >= 0;
}

}  // namespace evenkeel::daemon
