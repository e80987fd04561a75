#include "daemon/os/passed_descriptors.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace evenkeel::daemon {
namespace {

union ControlBuffer {
  cmsghdr alignment;
  std::array<char, CMSG_SPACE(sizeof(int) * kMaxPassedDescriptors)> octets;
};

std::vector<UniqueFd> descriptors_of(msghdr& header) {
  std::vector<UniqueFd> files;
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t octets = part->cmsg_len - CMSG_LEN(0);
    for (std::size_t at = 0; at + sizeof(int) <= octets; at += sizeof(int)) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(part) + at, sizeof number);
      files.emplace_back(number);
    }
  }
  return files;
}

}  // namespace

ReceivedOctets receive_octets(int socket, std::span<std::byte> buffer) {
  ControlBuffer control{};
  iovec payload{.iov_base = buffer.data(), .iov_len = buffer.size()};
  msghdr header{};
  ReceivedOctets received;
  do {
    header = {};
    header.msg_iov = &payload;
    header.msg_iovlen = 1;
    header.msg_control = control.octets.data();
    header.msg_controllen = control.octets.size();
    received.count = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  } while (received.count < 0 && errno == EINTR);
  if (received.count < 0) {
    received.error = errno;
    return received;
  }
  received.is_truncated = (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;
  received.descriptors = descriptors_of(header);
  return received;
}

}  // namespace evenkeel::daemon
