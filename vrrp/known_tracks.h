// The latest result of each track, by kind and name, and the verdict before it where the latest has
// none.
//
// Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vrrp/config.h"
#include "vrrp/track.h"

namespace evenkeel::vrrp {

using TrackKey = std::pair<TrackKind, std::string>;
inline TrackKey key_of(const TrackConfig& track) {
  return {track.kind, track.name};
}

/// The tracks of all instances and sync groups, sorted, each once.
[[nodiscard]] std::vector<TrackKey> followed_by(const Config& config);

class KnownTracks {
 public:
  /// False: that is known.
  bool set(const NamedTrackResult& result);
  /// Keeps what is known of these alone; they are sorted.
  void forget_all_but(const std::vector<TrackKey>& keys);
  /// Results, in order, that tell a new follower all that is known of the track: at most
  /// kMostOfATrack.
  void append_to(std::vector<NamedTrackResult>& results, const TrackKey& key) const;
  static constexpr std::size_t kMostOfATrack = 2;
  [[nodiscard]] std::vector<TrackKey> keys() const;

 private:
  struct Known {
    TrackResult latest;
    /// The last that held or failed, where the latest says neither: a track that cannot run counts
    /// as what it was before.
    std::optional<TrackResult> judged{};
  };
  std::map<TrackKey, Known> known_;
};

}  // namespace evenkeel::vrrp
