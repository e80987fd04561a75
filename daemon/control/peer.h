// The process at the other end of a Unix socket, as the kernel names it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace evenkeel::daemon {

struct Peer {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;              ///< may be gone, or another process by now: for the log only
  std::vector<gid_t> groups;  ///< supplementary ones, at the time of connect

  friend bool operator==(const Peer&, const Peer&) = default;
};

/// For the log: "reload asked by user 0 (process 4711)".
[[nodiscard]] std::string asked_by(const Peer& peer, const char* what);

/// SO_PEERCRED and SO_PEERGROUPS of a connected socket; nothing when the kernel does not tell.
[[nodiscard]] std::optional<Peer> peer_of(int descriptor);

/// Root, our own user `self`, and members of one of the groups. The sockets' modes say the same;
/// this holds when somebody loosened them.
[[nodiscard]] bool is_permitted(const Peer& peer, uid_t self, std::span<const gid_t> groups);

}  // namespace evenkeel::daemon
