// What is known of tracks, by kind and name: the latest result of each, and what was known before
// it where the latest says nothing.
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

/// What the instances and the sync groups of a configuration follow, sorted, each once.
[[nodiscard]] std::vector<TrackKey> followed_by(const Config& config);

class KnownTracks {
 public:
  /// False: that is known.
  bool set(const NamedTrackResult& result);
  /// Keeps what is known of these alone; they are sorted.
  void forget_all_but(const std::vector<TrackKey>& keys);
  /// What somebody who knows nothing of the track is to be told, in this order: at most
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
