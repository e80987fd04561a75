// main's side of the spawner: sends it the list of programs, asks for runs, and is told of each how
// it ended.
//
// On main's loop. When the spawner dies, its runs die with it, or are killed here: main adopts the
// orphans of its descendants for that.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "daemon/process/supervisor.h"
#include "daemon/spawner/orphan_hunt.h"
#include "daemon/spawner/program.h"
#include "daemon/spawner/run.h"

namespace evenkeel::daemon {

class SpawnerChild {
 public:
  struct Hooks {
    /// Of each run() once, from the loop; not any more after stop().
    std::function<void(const RunEnded&)> on_run_ended;
    /// Of a run() whose program has begun, before its end.
    std::function<void(const RunStarted&)> on_run_started;
    /// A child of main that is not the spawner: nobody else may end it or wait for it.
    std::function<bool(pid_t)> is_child;
    /// The spawner has started, or started again, and has its list. From the loop, after the ends
    /// of all runs that were lost before.
    std::function<void()> on_there;
  };

  SpawnerChild(boost::asio::io_context& loop, Hooks hooks,
               std::string executable = RoleConfig().executable);

  void start();
  /// There is a new list: before start(), at each reload.
  void configure(Generation generation, std::vector<Program> programs);
  /// A program of the list; the run's number.
  RunId run(ProgramId program, std::vector<Setting> settings);
  /// Asks for the end of a run, which is told as any other.
  void end(RunId run);
  /// Ends what runs, and what a spawner that does not do so leaves behind.
  void stop(std::function<void()> stopped);

  [[nodiscard]] ChildStatus status() const { return supervisor_.status(); }
  /// The fault of a spawner that runs; "" = none.
  [[nodiscard]] std::string problem() const;

 private:
  void send_list();
  void refused(const std::string& why);
  void received(const Message& message);
  void has_died();
  void lose(std::set<RunId> runs);
  void tell_it_is_there();

  boost::asio::io_context& loop_;
  Hooks hooks_;
  std::set<pid_t> inherited_;  ///< children that main had before all of ours: no orphans
  Supervisor supervisor_;
  OrphanHunt hunt_;
  Generation generation_ = 0;
  std::vector<Program> programs_;
  std::string list_problem_;  ///< "" = the spawner has the list, or will say so
  std::set<RunId> pending_;   ///< not ended yet
  RunId last_run_ = 0;
  std::uint32_t behind_ = 0;  ///< runs that wait for a free place, for a second and more
  bool is_stopping_ = false;
};

}  // namespace evenkeel::daemon
