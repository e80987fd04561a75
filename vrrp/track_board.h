// The writer's tracks: what is known of each, and which instances follow it.
//
// Pure. 1,000 instances with a few tracks each take linear time (and a logarithm more).
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "vrrp/known_tracks.h"
#include "vrrp/router_id.h"

namespace evenkeel::vrrp {

/// An instance, its own tracks, and those of its sync group. Both outlive the call.
struct TrackFollower {
  RouterId id = 0;
  const std::vector<TrackConfig>* own = nullptr;
  const std::vector<TrackConfig>* group = nullptr;
};

/// Results that an instance is to be told.
struct TrackNews {
  RouterId id = 0;
  std::vector<NamedTrackResult> results;
};

class TrackBoard {
 public:
  /// From now on. What is known of tracks that neither they nor the configuration follow is
  /// forgotten: an instance of the configuration may wait to be added.
  void set_followers(std::span<const TrackFollower> followers, const Config& config);
  /// Results that are new and followed by somebody; of a track that nobody follows none is kept.
  [[nodiscard]] std::vector<TrackNews> set(std::span<const NamedTrackResult> results);
  /// For one who knows nothing yet.
  [[nodiscard]] std::vector<NamedTrackResult> known(const std::vector<TrackConfig>& own,
                                                    const std::vector<TrackConfig>& group) const;
  /// The names of those of this kind that are followed.
  [[nodiscard]] std::vector<std::string> names(TrackKind kind) const;

 private:
  KnownTracks known_;
  std::map<TrackKey, std::vector<RouterId>> followers_;  ///< also of those without any
};

}  // namespace evenkeel::vrrp
