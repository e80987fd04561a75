// Main's programs: what the configuration has us run, on the spawner's list, and what runs it.
//
// On main's loop.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/balancer/hook_snapshot.h"
#include "daemon/balancer/snapshot.h"
#include "daemon/config/parse.h"
#include "daemon/hooks/hooks.h"
#include "daemon/process/hook_record.h"
#include "daemon/process/spawner_child.h"
#include "daemon/scripts/due_timer.h"
#include "daemon/scripts/script_checks.h"
#include "daemon/scripts/script_tracks.h"
#include "daemon/spawner/program_ids.h"
#include "daemon/units/group_watch.h"
#include "daemon/units/units.h"

namespace evenkeel::daemon {

class Programs {
 public:
  struct Ways {
    /// A child of main that is not the spawner.
    std::function<bool(pid_t)> is_child;
    /// Of the scripts and units that tracks follow.
    std::function<void(const std::vector<vrrp::NamedTrackResult>&)> on_results;
    /// Of the checks that are scripts.
    std::function<void(const std::vector<ScriptOutcome>&)> on_outcomes;
  };
  Programs(boost::asio::io_context& loop, const RuntimeDirectory& runtime, Ways ways);

  /// Before start(), and at each reload.
  void configure(const Balancer& balancer, const Users& users, Generation generation);
  void start();

  [[nodiscard]] Hooks& hooks() { return hooks_; }
  [[nodiscard]] const SpawnerChild& spawner() const { return spawner_; }
  [[nodiscard]] const ScriptChecks& checks() const { return checks_; }
  /// A fault of a spawner that runs, or script checks that are late; "" = none.
  [[nodiscard]] std::string problem() const;

  /// The daemon leaves: no state is told any more, and no script is run.
  void leave();
  /// Every instance has handed over: hooks are told of the stop, units are stopped, and both have
  /// until `until`; without a spawner a few seconds at most, in which it may come back.
  void tell_stop(std::chrono::steady_clock::time_point until, std::function<void()> done);
  /// Ends what runs.
  void stop(std::function<void()> stopped) { spawner_.stop(std::move(stopped)); }

  /// The parts of the hooks and the units.
  void describe(Snapshot& snapshot, const Clocks& clocks) const;

 private:
  struct Stop {
    std::chrono::steady_clock::time_point until;
    std::function<void()> done;
    bool are_hooks_done = false;
  };

  void run_has_ended(const RunEnded& ended);
  void spawner_is_there();
  void wait_for_stop_hooks();
  void check_stop();
  void end_stop();

  HookRecord record_;
  ProgramIds ids_;
  SpawnerChild spawner_;
  Hooks hooks_;
  Units units_;
  GroupWatch groups_;
  ScriptTracks scripts_;
  ScriptChecks checks_;
  std::optional<Stop> stop_;  ///< while its hooks run
  boost::asio::steady_timer stop_timer_;
  DueTimer hooks_timer_;
  DueTimer units_timer_;
};

}  // namespace evenkeel::daemon
