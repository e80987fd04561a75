// What main has judged of the tracks, and what of it the vrrp process has not been told yet: of
// each track the latest result, and none waits twice.
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

  /// What is to be sent next; it waits until it was sent. No tracks: nothing does.
  [[nodiscard]] TrackReport next() const;
  void sent(const TrackReport& report);

 private:
  vrrp::KnownTracks known_;
  std::set<vrrp::TrackKey> waiting_;
};

}  // namespace evenkeel::daemon
