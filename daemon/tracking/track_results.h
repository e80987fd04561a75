// The result of everything that tracks follow and main judges, each once, however many instances
// follow it.
//
// Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/config/config.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

class TrackResults {
 public:
  /// The tracks of a new configuration. A track that it still has keeps its result; the results of
  /// others are forgotten.
  void follow(const Config& config);

  /// New results; those of what nobody follows are ignored. One line for the log for each whose
  /// state or number has changed.
  [[nodiscard]] std::vector<Notice> put(const std::vector<vrrp::NamedTrackResult>& results);

  /// The thread that looks at files and processes is stuck, or has come back.
  void set_looks_stale(bool is_stale);

  /// Those that are new, or have changed, since the last call.
  [[nodiscard]] std::vector<vrrp::NamedTrackResult> take_changes();
  [[nodiscard]] std::vector<vrrp::NamedTrackResult> all() const;

 private:
  struct Followed {
    vrrp::TrackResult result;
    bool is_number = false;  ///< the result's number is followed
  };
  using Key = std::pair<vrrp::TrackKind, std::string>;

  std::map<Key, Followed> results_;
  std::set<Key> changed_;
  bool are_looks_stale_ = false;
};

}  // namespace evenkeel::daemon
