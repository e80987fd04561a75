// The hooks of a configuration: what the vrrp process and the balancer say is told to the
// operator's programs, which the spawner runs.
//
// On main's loop. Nothing waits here, and nothing that is called waits for a program.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/hooks/election_states.h"
#include "daemon/hooks/hook_programs.h"
#include "daemon/hooks/hook_runs.h"
#include "daemon/hooks/service_states.h"

namespace evenkeel::daemon {

class Hooks {
 public:
  struct Ways {
    /// Of the run's end has_ended() is told, once and later.
    std::function<RunId(ProgramId, std::vector<Setting>)> run;
    /// The run is to end now; has_ended() is told as of any other.
    std::function<void(RunId)> end;
    std::function<void(const std::vector<Notice>&)> log;
    /// tick() is to be called then, and not at an earlier such time any more; nothing: not at all.
    std::function<void(std::optional<std::chrono::steady_clock::time_point>)> wake;
    /// Of every state that is told, whether there is a hook for it or not.
    std::function<void(const HookOwner&, HookKey)> on_state;
    /// The runs that are under way, before a further one begins and after one has ended.
    std::function<void(const std::vector<RunningHook>&)> remember;
  };

  explicit Hooks(Ways ways) : ways_(std::move(ways)) {}

  /// A new configuration: its programs go to `ids`.
  void configure(const Config& config, const Users& users, ProgramIds& ids);
  /// The configuration is in force everywhere: all present states are told once more.
  void reloaded(const Balancer& balancer);

  void report(const vrrp::InstanceStatus& status);
  /// Before all reports: the runs that main before us has left.
  void were_cut_off(const std::vector<RunningHook>& runs);
  void vrrp_died() { elections_.vrrp_died(); }
  /// The balancer knows something new.
  void look_at(Balancer& balancer);

  /// The spawner has started, or started again.
  void spawner_is_there();
  void tick() { run(); }
  /// Of a run that was asked for here; others are ignored.
  void has_started(const RunStarted& started);
  void has_ended(const RunEnded& ended);

  /// The daemon leaves: from now on no program begins, until tell_stop().
  void leave();
  /// Every instance has handed over: their hooks are told. `done` when the last of these has
  /// ended, or at once.
  void tell_stop(std::function<void()> done);
  /// Lines about hooks of instances and groups that have not ended.
  [[nodiscard]] std::vector<Notice> unfinished() const { return runs_.unfinished(); }

  [[nodiscard]] std::optional<HookStatus> status(const HookOwner& owner) const {
    return runs_.status(owner);
  }
  [[nodiscard]] std::vector<std::pair<HookOwner, HookStatus>> failures(std::size_t most) const {
    return runs_.failures(most);
  }

 private:
  void tell(std::vector<ToldEvent> events);
  void add(ToldEvent told);
  void run();
  void remember(const std::vector<HookRuns::Request>& beginning);
  /// Of while_master, whose owner or program is gone, or that nothing follows any more.
  void end_repeated();
  [[nodiscard]] bool can_run(const HookRuns::Request& request) const {
    return !unrunnable_.contains(request.run.program);
  }

  Ways ways_;
  ElectionStates elections_;
  ServiceStates services_;
  HookRuns runs_;
  std::map<ProgramId, std::string> unrunnable_;
  std::map<RunId, RunningHook> running_;
  std::vector<RunningHook> remembered_;
  std::function<void()> on_stopped_;
  bool is_leaving_ = false;
};

}  // namespace evenkeel::daemon
