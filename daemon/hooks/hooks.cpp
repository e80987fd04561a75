#include "daemon/hooks/hooks.h"

#include <cerrno>
#include <utility>

#include "daemon/counted.h"

namespace evenkeel::daemon {

using Clock = std::chrono::steady_clock;

void Hooks::configure(const Config& config, const Users& users, ProgramIds& ids) {
  HookProgramTable table = hook_programs(config, users, ids);
  elections_.configure(config.vrrp);
  services_.configure(config);
  unrunnable_ = std::move(table.unrunnable);
  runs_.configure(table.by_owner, std::move(table.files));
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
}

void Hooks::run() {
  for (auto requests = runs_.next(Clock::now()); !requests.empty();
       requests = runs_.next(Clock::now())) {
    for (HookRuns::Request& each : requests) {
      const auto why = unrunnable_.find(each.run.program);
      if (why == unrunnable_.end()) {
        running_.emplace(ways_.run(each.run.program, std::move(each.run.settings)), each.owner);
        continue;
      }
      const RunEnded ended{.run = 0,
                           .how = RunEnd::CannotRun,
                           .number = EINVAL,
                           .step = RunStep::User,
                           .last_line = why->second,
                           .duration = {}};
      ways_.log(runs_.has_ended(each.owner, ended, Clock::now()));
    }
  }
  ways_.wake(runs_.next_due());
}

void Hooks::spawner_is_there() {
  runs_.spawner_is_there();
  run();
}

void Hooks::has_ended(const RunEnded& ended) {
  const auto of = running_.extract(ended.run);
  if (!of) return;
  ways_.log(runs_.has_ended(of.mapped(), ended, Clock::now()));
  run();
  if (on_stopped_ && runs_.are_elections_idle()) std::exchange(on_stopped_, nullptr)();
}

void Hooks::leave() {
  is_leaving_ = true;
  const std::size_t states = runs_.forget();
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
