// The latest result of each track, and the tracks whose result the vrrp process has not been told
// yet: none waits twice.
//
// Pure.
#pragma once

#include <set>
#include <vector>

#include "daemon/process/message.h"
#include "vrrp/known_tracks.h"

namespace evenkeel::daemon {

class TrackOutbox {
 public:
  void set(const std::vector<vrrp::NamedTrackResult>& results);
  /// Forgets what the configuration does not follow, and tells the rest once more.
  void configure(const vrrp::Config& config);

  /// The report that is to be sent next, until sent(). No tracks: nothing waits.
  [[nodiscard]] TrackReport next() const;
  void sent(const TrackReport& report);

 private:
  vrrp::KnownTracks known_;
  std::set<vrrp::TrackKey> waiting_;
};

}  // namespace evenkeel::daemon
