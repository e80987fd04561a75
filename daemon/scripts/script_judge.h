// What a script's runs mean for whoever follows it.
//
// Pure.
#pragma once

#include <cstdint>

#include "checks/verdict.h"
#include "daemon/config/script.h"
#include "daemon/spawner/run.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

class ScriptJudge {
 public:
  explicit ScriptJudge(const Script& script);
  /// The same under other limits.
  void configure(const Script& script);

  /// The end of a run. What could not be run is no failure: the last value stands, and the track
  /// cannot run after `fall` such runs in a row, or at once where there is no value. What was lost
  /// with the spawner makes it stale.
  void record(const RunEnded& ended);
  [[nodiscard]] const vrrp::TrackResult& result() const { return result_; }
  [[nodiscard]] bool was_lost() const { return was_lost_; }

 private:
  std::uint16_t rise_, fall_;
  checks::Verdict verdict_;
  vrrp::TrackResult result_;
  bool was_lost_ = false;  ///< the last run
};

}  // namespace evenkeel::daemon
