// The checks of type "script": main has their programs run by the spawner, and tells the balancer
// what came of it. The checks process knows nothing of them.
//
// At most kMaxOpen runs are open at a time, so that the spawner has places for hooks and for the
// scripts that tracks follow. Those that are due beyond it wait here, the longest due one first;
// that some are late is told. Outcomes are told together.
//
// On main's loop. Nothing waits here.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "checks/check_list.h"
#include "daemon/balancer/balancer.h"
#include "daemon/config/program_files.h"
#include "daemon/scripts/due_timer.h"
#include "daemon/scripts/run_schedule.h"
#include "daemon/scripts/script_outcome.h"
#include "daemon/spawner/program_ids.h"
#include "daemon/spawner/run_queue.h"

namespace evenkeel::daemon {

/// The weights that the scripts give, then the outcomes.
[[nodiscard]] std::vector<Notice> record(Balancer& balancer,
                                         const std::vector<ScriptOutcome>& outcomes, TimePoint now);

class ScriptChecks {
 public:
  struct Ways {
    /// Of the run's end has_ended() is told, once and later.
    std::function<RunId(ProgramId)> run;
    /// From the loop, never from within a call.
    std::function<void(const std::vector<ScriptOutcome>&)> on_outcomes;
    std::function<void(const std::vector<Notice>&)> log;
  };
  /// Of the RunQueue::kMaxRunning that the spawner runs at once.
  static constexpr std::size_t kMaxOpen = RunQueue::kMaxRunning * 3 / 4;

  ScriptChecks(boost::asio::io_context& loop, Ways ways);

  /// A new configuration: its programs go to `ids`.
  void configure(const std::vector<checks::ListedCheck>& list, const Users& users, ProgramIds& ids);
  /// Of a run that was asked for here; others are ignored.
  void has_ended(const RunEnded& ended);
  /// Nothing is run any more.
  void stop();

  /// Of every check an outcome has been told since it was first configured.
  [[nodiscard]] bool is_first_round_done() const;
  /// "late: ..."; "" = they run when they are due.
  [[nodiscard]] std::string problem() const;

 private:
  struct Made {
    checks::Check check;
    // For the pace, as in checks/schedule.h: of a server that is trusted, and of one that is not.
    checks::Verdict not_down, down;
    ProgramId program = 0;
    std::string why_not;  ///< it is on no list; "" = it is
    bool has_outcome = false;
  };

  [[nodiscard]] static const checks::ScriptCheck& script_of(const checks::Check& check);
  [[nodiscard]] bool is_full() const { return running_.size() >= kMaxOpen; }
  void run_due();
  void record(checks::CheckId id, Made& made, const RunEnded& ended);
  void look_for_late(RunSchedule::TimePoint now);
  void wait();
  void tell_soon();

  Ways ways_;
  DueTimer timer_;
  boost::asio::steady_timer tell_timer_;
  RunSchedule schedule_;
  std::map<checks::CheckId, Made> made_;
  std::unordered_map<RunId, checks::CheckId> running_;
  std::vector<ScriptOutcome> untold_;
  bool will_tell_ = false;  ///< by tell_timer_
  RunSchedule::TimePoint last_told_;
  std::size_t without_outcome_ = 0;
  std::size_t late_ = 0;
  RunSchedule::TimePoint last_look_, last_late_;  ///< for late_
};

}  // namespace evenkeel::daemon
