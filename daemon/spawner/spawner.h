// Runs programs of a list, as many at once as may be, and tells how each ended.
//
// On the loop and thread of its caller, which has no other thread (launch.h), ignores no SIGCHLD
// and has no other children. Nothing in it waits. Programs that have left processes behind: what is
// in a program's process group or control group is killed with its end; without control groups,
// what has left its group as soon as it can belong to no run that is under way (orphans.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/spawner/control_groups.h"
#include "daemon/spawner/program.h"
#include "daemon/spawner/run.h"

namespace boost::asio {
class io_context;
}

namespace evenkeel::daemon {

using RunReport = std::variant<RunStarted, RunEnded>;

class Spawner {
 public:
  struct Hooks {
    /// False: there is no room, resume() tells when; while it is so no run begins.
    std::function<bool(const RunReport&)> report;
    std::function<void(const std::string&)> warn;
    /// More outcomes wait for room than any reader lets wait (kMaxUnsent): the reader is broken.
    std::function<void()> on_overflow;
  };
  static constexpr std::size_t kMaxUnsent = 16'384;

  /// `may_change_user`: LaunchOptions.
  Spawner(boost::asio::io_context& loop, bool may_change_user, std::optional<ControlGroups> groups,
          Hooks hooks);
  ~Spawner();  ///< runs go on by themselves: leave() ends them
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  /// Replaces the list. What runs goes on, and its end is told; what waits for a program that is
  /// gone is told so.
  void configure(std::vector<Program> list);
  void run(RunRequest request);
  /// Ends the run as at its deadline, or before its start; one that has ended is not looked for.
  void end(RunId run);
  void resume();
  /// Ends all runs, as at their deadlines; `left`, once, when they and what they have left are
  /// gone, or cannot be killed. What waits is forgotten.
  void leave(std::function<void()> left);

  /// Runs that wait for a second and more because kMaxRunning others run.
  [[nodiscard]] std::size_t behind() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace evenkeel::daemon
