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
#include <string>
#include <utility>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/hooks/hook.h"
#include "daemon/hooks/hook_queue.h"
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
    std::chrono::steady_clock::time_point since;  ///< when it was asked for
  };
  std::optional<Running> running;
  /// Of the state that was told last: the first run that failed, else the last one. Of an earlier
  /// one until a run of that state has ended.
  std::optional<PastHookRun> last;
  std::size_t waiting = 0;    ///< states that are not told yet
  std::uint64_t dropped = 0;  ///< states that were never told, since the start

  [[nodiscard]] bool has_failed() const;
};

[[nodiscard]] bool has_failed(const RunEnded& ended);

class HookRuns {
 public:
  /// Programs at once, of instances and groups together, and of services and real servers: these
  /// may be many, and an election's never wait for them.
  static constexpr std::size_t kElectionsAtOnce = 32;
  static constexpr std::size_t kServicesAtOnce = 8;

  struct Request {
    HookOwner owner;
    HookRun run;
  };

  /// `files`: what each program executes. An owner that is gone is forgotten when what it
  /// runs has ended.
  void configure(const std::map<HookOwner, HookPrograms>& programs,
                 std::map<ProgramId, std::string> files);

  /// The owner has come into this state. Where it has no hooks nothing happens.
  [[nodiscard]] std::vector<Notice> tell(const HookOwner& owner, HookEvent event);
  /// The daemon stops: what waits is dropped, and this is told last.
  void tell_last(const HookOwner& owner, HookEvent event);

  /// Programs that are to run now; each runs until has_ended().
  [[nodiscard]] std::vector<Request> next(std::chrono::steady_clock::time_point now);
  /// Of a run that was lost with the spawner nothing more is run until spawner_is_there(): then the
  /// present state is told anew.
  [[nodiscard]] std::vector<Notice> has_ended(const HookOwner& owner, const RunEnded& ended,
                                              std::chrono::steady_clock::time_point now);
  void spawner_is_there();

  /// Of no instance and no group anything runs, or waits for more than a spawner.
  [[nodiscard]] bool are_elections_idle() const {
    return elections_.running == 0 && elections_.ready.empty();
  }
  /// nullptr: it has no hooks.
  [[nodiscard]] std::optional<HookStatus> status(const HookOwner& owner) const;
  /// Owners of which the last state was not told well, at most so many.
  [[nodiscard]] std::vector<std::pair<HookOwner, HookStatus>> failures(std::size_t most) const;

 private:
  struct Owner {
    HookPrograms programs;
    HookQueue queue;
    std::optional<HookStatus::Running> running;
    std::optional<PastHookRun> last;
    std::size_t last_is_of = 0;  ///< HookQueue::told() then
    std::uint64_t dropped = 0;
    bool is_ready = false;  ///< stands in a line
    bool was_lost = false;  ///< waits for the spawner
    bool is_gone = false;   ///< not configured any more, and its last run has not ended
  };
  struct Line {
    std::deque<HookOwner> ready;
    std::size_t running = 0;
    std::size_t most = 0;
  };

  [[nodiscard]] Line& line_of(const HookOwner& owner);
  [[nodiscard]] Owner* find(const HookOwner& owner);
  void make_ready(const HookOwner& owner, Owner& state);
  void begin_in(Line& line, std::chrono::steady_clock::time_point now,
                std::vector<Request>& requests);
  [[nodiscard]] std::string file_of(ProgramId program) const;

  std::map<HookOwner, Owner> owners_;
  std::map<ProgramId, std::string> files_;
  Line elections_{.ready = {}, .running = 0, .most = kElectionsAtOnce};
  Line services_{.ready = {}, .running = 0, .most = kServicesAtOnce};
};

}  // namespace evenkeel::daemon
