#include "vrrp/peer_table.h"

#include <algorithm>

namespace evenkeel::vrrp {

void PeerTable::heard(const Peer& peer) {
  auto found = std::find_if(peers_.begin(), peers_.end(),
                            [&](const Peer& known) { return known.address == peer.address; });
  if (found == peers_.end()) {
    // A stranger takes the place of the one that has been silent for longest.
    if (peers_.size() == peers_.capacity()) peers_.pop_back();
    peers_.push_back(peer);
    found = peers_.end() - 1;
  } else {
    *found = peer;
  }
  std::rotate(peers_.begin(), found, found + 1);
}

std::optional<TimePoint> PeerTable::last_heard(const Address& source) const {
  const auto found = std::find_if(peers_.begin(), peers_.end(),
                                  [&](const Peer& known) { return known.address == source; });
  return found == peers_.end() ? std::nullopt : std::optional(found->heard);
}

}  // namespace evenkeel::vrrp
