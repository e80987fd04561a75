// Passing descriptors over a Unix socket, as a stranger may.
#pragma once

#include <cstring>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <sys/uio.h>
#include <vector>

namespace evenkeel::daemon {

/// Octets with descriptors, in one message.
inline bool pass(int unix_socket, std::string_view octets, std::span<const int> descriptors) {
  union Room {
    cmsghdr alignment;
    char octet;
  };
  std::vector<Room> control(CMSG_SPACE(descriptors.size_bytes()) / sizeof(Room) + 1);
  iovec payload{const_cast<char*>(octets.data()), octets.size()};
  msghdr header{};
  header.msg_iov = &payload;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
  cmsghdr* part = CMSG_FIRSTHDR(&header);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN(descriptors.size_bytes());
  std::memcpy(CMSG_DATA(part), descriptors.data(), descriptors.size_bytes());
  return ::sendmsg(unix_socket, &header, MSG_NOSIGNAL) >= 0;
}

inline bool pass(int unix_socket, std::string_view octets, int descriptor) {
  return pass(unix_socket, octets, std::span(&descriptor, 1));
}

}  // namespace evenkeel::daemon
