// The rivals of one virtual router, and which of them are believed (belief.h).
//
// Pure. Holds a few: strangers cannot make it grow, and a rival that is not silent keeps its place.
// Rivals for which there is no place share one entry, the crowd: a host that sends each frame from
// another MAC hides no other, and is shown as a crowd.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "vrrp/belief.h"
#include "vrrp/rival.h"

namespace evenkeel::vrrp {

class RivalTable {
 public:
  /// `sighting.heard`: when. `interval`: of our advertisements. An owner of our addresses is
  /// believed at the second sign; a peer that only differs, and does so in a valid advertisement,
  /// at the first.
  void see(const Rival& sighting, Duration interval);
  /// The sender's advertisement has no difference, or no longer one.
  void agree(const Address& source, std::uint8_t virtual_router_id);
  /// Forgets the rivals that have been silent for too long.
  void forget(TimePoint now, Duration interval);
  /// Forgets those that announce without advertising: the Master before may have done it.
  void forget_announcers();

  static constexpr std::size_t kKept = 8;
  using Addresses = boost::container::static_vector<Address, kKept>;

  /// Addresses of ours that somebody has announced or answered for, believed or not; each once.
  [[nodiscard]] Addresses announced() const;
  /// The believed ones: at most kMaxRivalsShown, owners first. Allocates.
  [[nodiscard]] std::vector<Rival> believed() const;
  /// Changes each time that one more is believed, or a believed one is forgotten.
  [[nodiscard]] std::uint32_t generation() const { return generation_; }

 private:
  struct Entry {
    Rival rival;
    Belief belief;
  };

  template <typename IsGone>
  void remove(IsGone&& is_gone);
  [[nodiscard]] Entry* find(const Rival& sighting);
  [[nodiscard]] Entry& place_for(const Rival& sighting);

  boost::container::static_vector<Entry, kKept> entries_;
  std::uint32_t generation_ = 0;
};

}  // namespace evenkeel::vrrp
