// A descriptor whose last close() takes an hour.
#pragma once

#include <array>
#include <netinet/in.h>
#include <sys/socket.h>
#include <utility>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

/// A TCP connection on loopback with data that its reader does not take, and SO_LINGER. Small: a
/// test may have thousands.
class LingeringSocket {
 public:
  LingeringSocket() {
    const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int small = 4096;
    ::setsockopt(listener.get(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    is_made_ = ::bind(listener.get(), generic, length) == 0 && ::listen(listener.get(), 1) == 0 &&
               ::getsockname(listener.get(), generic, &length) == 0;
    socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
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
  [[nodiscard]] UniqueFd take() { return std::move(socket_); }
  /// Ours is not the last descriptor: whoever has been passed one has it.
  void let_go() { socket_.reset(); }

 private:
  UniqueFd socket_;
  UniqueFd reader_;
  bool is_made_ = false;
};

}  // namespace evenkeel::daemon
