#include "daemon/process/track_outbox.h"

namespace evenkeel::daemon {

void TrackOutbox::set(const std::vector<vrrp::NamedTrackResult>& results) {
  for (const vrrp::NamedTrackResult& each : results) {
    if (known_.set(each)) waiting_.insert({each.kind, each.name});
  }
}

void TrackOutbox::configure(const vrrp::Config& config) {
  known_.forget_all_but(followed_by(config));
  const auto keys = known_.keys();
  waiting_ = {keys.begin(), keys.end()};
}

TrackReport TrackOutbox::next() const {
  TrackReport report;
  for (const vrrp::TrackKey& key : waiting_) {
    if (report.tracks.size() + vrrp::KnownTracks::kMostOfATrack > kMaxTracksReported) break;
    known_.append_to(report.tracks, key);
  }
  return report;
}

void TrackOutbox::sent(const TrackReport& report) {
  for (const vrrp::NamedTrackResult& each : report.tracks) waiting_.erase({each.kind, each.name});
}

}  // namespace evenkeel::daemon
