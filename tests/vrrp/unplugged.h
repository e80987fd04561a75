// A socket on which the kernel answers nothing, as long as this lives.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/os/unique_fd.h"

namespace evenkeel::vrrp {

class Unplugged {
 public:
  explicit Unplugged(int fd) : fd_(fd), kept_(::fcntl(fd, F_DUPFD_CLOEXEC, 0)) {
    const UniqueFd no_socket(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    EXPECT_EQ(::dup2(no_socket.get(), fd_), fd_);
  }
  ~Unplugged() { EXPECT_EQ(::dup2(kept_.get(), fd_), fd_); }
  Unplugged(const Unplugged&) = delete;
  Unplugged& operator=(const Unplugged&) = delete;

 private:
  int fd_;
  UniqueFd kept_;
};

/// The lowest descriptor of rtnetlink; -1: there is none.
inline int first_route_socket() {
  for (int fd = 0; fd < 1024; ++fd) {
    int domain = 0;
    int protocol = 0;
    socklen_t size = sizeof domain;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_NETLINK)
      continue;
    size = sizeof protocol;
    if (::getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &size) != 0) continue;
    if (protocol == NETLINK_ROUTE) return fd;
  }
  return -1;
}

}  // namespace evenkeel::vrrp
