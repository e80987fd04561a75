// The scripts that tracks follow: runs each at its interval through the spawner, and tells what
// follows from how it ended. Of one script never two runs are under way.
//
// On main's loop. Nothing waits here.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/config/program_files.h"
#include "daemon/config/script.h"
#include "daemon/scripts/due_timer.h"
#include "daemon/scripts/run_schedule.h"
#include "daemon/scripts/script_judge.h"
#include "daemon/spawner/program_ids.h"
#include "daemon/spawner/run.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

class ScriptTracks {
 public:
  struct Ways {
    /// Of the run's end has_ended() is told, once and later.
    std::function<RunId(ProgramId)> run;
    /// From the loop, never from within a call.
    std::function<void(const std::vector<vrrp::NamedTrackResult>&)> on_results;
  };

  ScriptTracks(boost::asio::io_context& loop, Ways ways);

  /// A new configuration: its programs go to `ids`. A script that runs the same as before keeps
  /// what is known of it.
  void configure(const std::vector<Script>& scripts, const Users& users, ProgramIds& ids);
  /// Of a run that was asked for here; others are ignored.
  void has_ended(const RunEnded& ended);
  /// Nothing is run any more.
  void stop();

 private:
  struct Followed {
    Script script;
    ProgramId program = 0;
    std::string why_not;  ///< it is on no list; "" = it is
    ScriptJudge judge;
  };
  using Key = RunSchedule::Key;

  void run_due();
  void run(Key key, const Followed& followed);
  void record(Key key, Followed& followed, const RunEnded& ended);
  void wait();
  void tell();

  boost::asio::io_context& loop_;
  Ways ways_;
  DueTimer timer_;
  RunSchedule schedule_;
  std::map<Key, Followed> followed_;
  std::unordered_map<RunId, Key> running_;
  std::vector<vrrp::NamedTrackResult> untold_;
  Key next_key_ = 0;
};

}  // namespace evenkeel::daemon
