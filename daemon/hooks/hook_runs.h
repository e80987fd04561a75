// The queues of all owners, the number of programs that run at once, and how each run ended.
//
// Pure: states, ends and the time come in, programs to run and lines for the log go out.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/hooks/hook.h"
#include "daemon/hooks/hook_queue.h"
#include "daemon/hooks/running_hooks.h"
#include "daemon/spawner/run.h"

namespace evenkeel::daemon {

/// A run that has ended.
struct PastHookRun {
  HookKey key = HookKey::OnMaster;
  std::string file;
  RunEnded ended;
  std::chrono::steady_clock::time_point at;
};

/// The hooks of an owner, for status.
struct HookStatus {
  struct Running {
    HookKey key = HookKey::OnMaster;
    std::string file;
    std::uint32_t pid = 0;                        ///< 0: it has not begun yet
    std::chrono::steady_clock::time_point since;  ///< its begin, until then when it was asked for
  };
  std::optional<Running> running;
  /// Of the state that was told last: the first run that failed, else the last one. Of an earlier
  /// one until a run of that state has ended.
  std::optional<PastHookRun> last;
  std::optional<PastHookRun> last_repeated;  ///< of WhileMaster, since it has become master
  std::size_t waiting = 0;                   ///< states that are not told yet
  std::uint64_t dropped = 0;                 ///< states that were never told, since the start

  [[nodiscard]] bool has_failed() const;
};

[[nodiscard]] bool has_failed(const RunEnded& ended);
[[nodiscard]] bool has_failed(const std::optional<PastHookRun>& run);

class HookRuns {
 public:
  /// Programs at once, of instances and groups together, and of services and real servers: these
  /// may be many, and an election's never wait for them.
  static constexpr std::size_t kElectionsAtOnce = 32;
  static constexpr std::size_t kServicesAtOnce = 8;
  /// Runs of WhileMaster: they come again and again, and no state waits for those of others.
  static constexpr std::size_t kRepeatedAtOnce = 8;

  struct Request {
    HookOwner owner;
    HookRun run;
    std::string file;  ///< that it executes
  };

  /// `files`: what each program executes. An owner that is gone is forgotten when what it
  /// runs has ended.
  void configure(const std::map<HookOwner, HookPrograms>& programs,
                 std::map<ProgramId, std::string> files);

  /// The owner has come into this state. Where it has no hooks nothing happens.
  [[nodiscard]] std::vector<Notice> tell(const HookOwner& owner, HookEvent event);
  /// The daemon leaves: of what was told before this nothing more runs. How many states waited.
  std::size_t forget();

  /// Programs that are to run now; each runs until has_ended().
  [[nodiscard]] std::vector<Request> next(std::chrono::steady_clock::time_point now);
  /// The program of the owner's run has begun.
  void has_started(const HookOwner& owner, std::uint32_t pid,
                   std::chrono::steady_clock::time_point now);
  /// Its run of WhileMaster is to end now: the owner is master no more, and the next state waits.
  [[nodiscard]] bool is_in_the_way(const HookOwner& owner) const;
  /// Its program of while_master is to run again.
  [[nodiscard]] bool repeats(const HookOwner& owner) const;
  /// When next() has more without an event before it; nothing: it has not.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> next_due() const;
  /// The owner of a run that was lost with the spawner runs nothing until spawner_is_there(). Then
  /// its present state is told anew.
  [[nodiscard]] std::vector<Notice> has_ended(const HookOwner& owner, const RunEnded& ended,
                                              std::chrono::steady_clock::time_point now);
  void spawner_is_there();
  /// Before all runs: what ran when main before us ended. Is shown as the owner's last run until
  /// its state has been told.
  [[nodiscard]] Notice was_cut_off(const RunningHook& run,
                                   std::chrono::steady_clock::time_point now);

  /// No hook of an instance or a group runs or is left to run.
  [[nodiscard]] bool are_elections_idle() const;
  /// A line for each instance and group of which one does.
  [[nodiscard]] std::vector<Notice> unfinished() const;
  /// Nothing: it has no hooks.
  [[nodiscard]] std::optional<HookStatus> status(const HookOwner& owner) const;
  /// The owners of which a run of the last state has failed, at most so many.
  [[nodiscard]] std::vector<std::pair<HookOwner, HookStatus>> failures(std::size_t most) const;

 private:
  struct Owner {
    HookPrograms programs;
    HookQueue queue;
    HookStatus status;           ///< but for `waiting`
    std::size_t last_is_of = 0;  ///< HookQueue::told() when `status.last` was noted
    /// Of WhileMaster; a master that has one always has it.
    std::optional<std::chrono::steady_clock::time_point> due;
    bool is_ready = false;  ///< stands in a line
    bool was_lost = false;  ///< waits for the spawner
    bool is_gone = false;   ///< not configured any more, and its last run has not ended

    [[nodiscard]] bool is_idle() const { return !status.running && !was_lost && !queue.has_work(); }
  };
  struct Line {
    std::deque<HookOwner> ready;
    std::size_t running = 0;
    std::size_t most = 0;
  };

  [[nodiscard]] static HookStatus status_of(const Owner& state);
  [[nodiscard]] Line& line_of(const HookOwner& owner);
  [[nodiscard]] Owner* find(const HookOwner& owner);
  void make_ready(const HookOwner& owner, Owner& state);
  void begin_in(Line& line, std::chrono::steady_clock::time_point now,
                std::vector<Request>& requests);
  void begin_due(std::chrono::steady_clock::time_point now, std::vector<Request>& requests);
  void set_due(const HookOwner& owner, Owner& state,
               std::optional<std::chrono::steady_clock::time_point> due);
  [[nodiscard]] Request begin(const HookOwner& owner, Owner& state, HookRun run,
                              std::chrono::steady_clock::time_point now) const;

  std::map<HookOwner, Owner> owners_;
  std::map<ProgramId, std::string> files_;
  Line elections_{.ready = {}, .running = 0, .most = kElectionsAtOnce};
  Line services_{.ready = {}, .running = 0, .most = kServicesAtOnce};
  /// Owners that have a `due` and nothing else to run.
  std::set<std::pair<std::chrono::steady_clock::time_point, HookOwner>> due_;
  std::size_t repeated_running_ = 0;
};

}  // namespace evenkeel::daemon
