#include "daemon/control/peer.h"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>

namespace evenkeel::daemon {

namespace {

std::vector<gid_t> groups_of(int descriptor) {
  std::vector<gid_t> groups(64);
  for (;;) {
    auto length = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
    const int result = getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &length);
    const bool is_too_small = result != 0 && errno == ERANGE;  // then length says how much it is
    groups.resize(result == 0 || is_too_small ? length / sizeof(gid_t) : 0);
    if (!is_too_small) return groups;
  }
}

}  // namespace

std::optional<Peer> peer_of(int descriptor) {
  ucred credentials{};
  socklen_t length = sizeof(credentials);
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return {};
  return Peer{credentials.uid, credentials.gid, credentials.pid, groups_of(descriptor)};
}

std::string asked_by(const Peer& peer, const char* what) {
  return std::string(what) + " asked by user " + std::to_string(peer.uid) + " (process " +
         std::to_string(peer.pid) + ")";
}

bool is_permitted(const Peer& peer, uid_t self, std::span<const gid_t> groups) {
  if (peer.uid == 0 || peer.uid == self) return true;
  return std::any_of(groups.begin(), groups.end(), [&](gid_t group) {
    return peer.gid == group ||
           std::find(peer.groups.begin(), peer.groups.end(), group) != peer.groups.end();
  });
}

}  // namespace evenkeel::daemon
