// The senders that have been heard: a few, the last heard first.
#pragma once

#include <boost/container/static_vector.hpp>
#include <optional>
#include <vector>

#include "vrrp/status.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

class PeerTable {
 public:
  void heard(const Peer& peer);
  /// Nothing: the sender is not among those that are kept.
  [[nodiscard]] std::optional<TimePoint> last_heard(const Address& source) const;
  [[nodiscard]] std::vector<Peer> peers() const { return {peers_.begin(), peers_.end()}; }

 private:
  boost::container::static_vector<Peer, kMaxPeersShown> peers_;
};

}  // namespace evenkeel::vrrp
