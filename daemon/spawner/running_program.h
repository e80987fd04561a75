// One program while it runs: its output is read, its end is waited for, its time is limited.
//
// On the spawner's loop and thread. At the deadline its process group gets SIGTERM, 200 ms later
// everything of it is killed. When it ends by itself, what it has left in its group is killed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "daemon/spawner/launch.h"
#include "daemon/spawner/run.h"

namespace boost::asio {
class io_context;
}

namespace evenkeel::daemon {

class RunningProgram {
 public:
  struct Hooks {
    /// Once; `run` is 0. It is dead, and has been reaped.
    std::function<void(RunEnded)> on_ended;
    /// In place of on_ended, once: SIGKILL has not ended it within a second: a system call in the
    /// kernel holds it, or it is dead and its tracer has not let it go.
    std::function<void(RunEnded)> on_stuck;
    /// A program that was stuck is dead, and has been reaped.
    std::function<void()> on_loose;
    /// Kills what is in the program's control group. Empty: it has none.
    std::function<void()> kill_group;
  };

  RunningProgram(boost::asio::io_context& loop, Launched child, std::chrono::nanoseconds timeout,
                 Hooks hooks);
  ~RunningProgram();  ///< calls no hook any more
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  /// Ends the program as at its deadline; its end is told as `how`.
  void end(RunEnd how);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  ///< shared with the pending operations of the loop
};

}  // namespace evenkeel::daemon
