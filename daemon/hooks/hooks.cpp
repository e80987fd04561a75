#include "daemon/hooks/hooks.h"

#include <utility>

#include "daemon/counted.h"
#include "daemon/spawner/user_program.h"

namespace evenkeel::daemon {

namespace {

using Clock = std::chrono::steady_clock;

RunningHook running_hook(const HookRuns::Request& request) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {.owner = request.owner,
          .key = request.run.key,
          .file = request.file,
          .began = std::chrono::duration_cast<std::chrono::seconds>(now)};
}

}  // namespace

void Hooks::configure(const Config& config, const Users& users, ProgramIds& ids) {
  HookProgramTable table = hook_programs(config, users, ids);
  elections_.configure(config.vrrp);
  services_.configure(config);
  unrunnable_ = std::move(table.unrunnable);
  runs_.configure(table.by_owner, std::move(table.files));
  end_repeated();
}

void Hooks::end_repeated() {
  for (const auto& [run, hook] : running_) {
    if (hook.key == HookKey::WhileMaster && !runs_.repeats(hook.owner)) ways_.end(run);
  }
}

void Hooks::reloaded(const Balancer& balancer) {
  tell(elections_.again("reloaded"));
  tell(services_.again(balancer, "reloaded"));
}

void Hooks::report(const vrrp::InstanceStatus& status) {
  tell(elections_.report(status));
}

void Hooks::look_at(Balancer& balancer) {
  if (!balancer.is_ready()) return;
  for (const std::size_t service : balancer.take_changed()) {
    tell(services_.report(balancer, service));
  }
}

void Hooks::tell(std::vector<ToldEvent> events) {
  if (is_leaving_ || events.empty()) return;
  for (ToldEvent& each : events) add(std::move(each));
  run();
}

void Hooks::add(ToldEvent told) {
  ways_.on_state(told.owner, told.event.key);
  ways_.log(runs_.tell(told.owner, std::move(told.event)));
  if (!runs_.is_in_the_way(told.owner)) return;
  for (const auto& [run, hook] : running_) {
    if (hook.owner == told.owner) ways_.end(run);
  }
}

void Hooks::run() {
  for (auto requests = runs_.next(Clock::now()); !requests.empty();
       requests = runs_.next(Clock::now())) {
    remember(requests);
    for (HookRuns::Request& each : requests) {
      if (can_run(each)) {
        const RunId run = ways_.run(each.run.program, std::move(each.run.settings));
        running_.emplace(run, running_hook(each));
        continue;
      }
      const RunEnded ended = run_without_user(unrunnable_.at(each.run.program));
      ways_.log(runs_.has_ended(each.owner, ended, Clock::now()));
    }
  }
  remember({});
  ways_.wake(runs_.next_due());
}

void Hooks::remember(const std::vector<HookRuns::Request>& beginning) {
  std::vector<RunningHook> running;
  for (const auto& [run, hook] : running_) running.push_back(hook);
  for (const HookRuns::Request& each : beginning) {
    if (can_run(each)) running.push_back(running_hook(each));
  }
  if (running == remembered_) return;
  remembered_ = std::move(running);
  ways_.remember(remembered_);
}

void Hooks::were_cut_off(const std::vector<RunningHook>& runs) {
  for (const RunningHook& each : runs) ways_.log({runs_.was_cut_off(each, Clock::now())});
}

void Hooks::spawner_is_there() {
  runs_.spawner_is_there();
  run();
}

void Hooks::has_started(const RunStarted& started) {
  const auto of = running_.find(started.run);
  if (of != running_.end()) runs_.has_started(of->second.owner, started.pid, Clock::now());
}

void Hooks::has_ended(const RunEnded& ended) {
  const auto of = running_.extract(ended.run);
  if (!of) return;
  ways_.log(runs_.has_ended(of.mapped().owner, ended, Clock::now()));
  run();
  if (on_stopped_ && runs_.are_elections_idle()) std::exchange(on_stopped_, nullptr)();
}

void Hooks::leave() {
  is_leaving_ = true;
  const std::size_t states = runs_.forget();
  end_repeated();
  if (states > 0) {
    ways_.log({{Severity::Info,
                counted(states, "state") + " will not be told to hooks: the daemon leaves"}});
  }
}

void Hooks::tell_stop(std::function<void()> done) {
  for (ToldEvent& each : elections_.stopped()) add(std::move(each));
  run();
  if (runs_.are_elections_idle()) return done();
  on_stopped_ = std::move(done);
}

}  // namespace evenkeel::daemon
