// The tracks that main judges: checks and services by the balancer's health, files and processes by
// a look at them. The vrrp process gets the results, and decides what follows from them.
//
// On main's loop.
#pragma once

#include <functional>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/tracking/track_results.h"
#include "daemon/tracking/watch_thread.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

class Tracking {
 public:
  struct Hooks {
    /// Results that are new or have changed.
    std::function<void(std::vector<vrrp::NamedTrackResult>)> on_change;
    std::function<void(const std::vector<Notice>&)> log;
  };

  /// `balancer` outlives it.
  Tracking(boost::asio::io_context& loop, const Balancer& balancer, Hooks hooks);

  /// The balancer has a new configuration.
  void configure();
  /// The balancer knows something new.
  void judge();
  /// Results of others: of scripts.
  void put(const std::vector<vrrp::NamedTrackResult>& results);

 private:
  void set_stuck(bool is_stuck, const std::string& at);
  void tell_change();

  const Balancer& balancer_;
  Hooks hooks_;
  TrackResults results_;
  WatchThread watch_;
};

}  // namespace evenkeel::daemon
