// Receiving from a Unix socket, with the descriptors that come along (SCM_RIGHTS).
//
// Any process that may write to the socket can pass descriptors. The kernel closes those for which
// the receiver has no room, inside the receiver's call, and the owner of a file can make that close
// last (closer.h). So there is room here for all that one message can bring.
#pragma once

#include <cstddef>
#include <span>
#include <sys/types.h>
#include <vector>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

/// Descriptors that one message can bring (SCM_MAX_FD in the kernel's include/net/scm.h).
constexpr std::size_t kMaxPassedDescriptors = 253;

struct ReceivedOctets {
  ssize_t count = -1;                 ///< 0 = end of file; -1 = `error` says why
  int error = 0;                      ///< errno; never EINTR
  bool is_truncated = false;          ///< octets of a datagram, or descriptors, are lost
  std::vector<UniqueFd> descriptors;  ///< closed on exec
};

/// recvmsg(2), without waiting.
[[nodiscard]] ReceivedOctets receive_octets(int socket, std::span<std::byte> buffer);

}  // namespace evenkeel::daemon
