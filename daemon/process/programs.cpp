#include "daemon/process/programs.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <utility>

#include "daemon/process/log.h"
#include "daemon/process/notice_log.h"

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;

/// A spawner that has died is started again after a tenth of a second, and later after each death.
constexpr auto kSpawnerLimit = std::chrono::seconds(5);

/// The run that is under way, then the ends that are kept.
std::vector<HookSnapshot> snapshots_of(const HookOwner& owner, const HookStatus& status,
                                       const Clocks& clocks) {
  HookSnapshot common;
  common.owner = to_string(owner);
  common.is_of_group = owner.kind == HookOwnerKind::Group;
  common.waiting = status.waiting;
  common.dropped = status.dropped;
  std::vector<HookSnapshot> result;
  if (status.running) {
    HookSnapshot& each = result.emplace_back(common);
    each.key = name(status.running->key);
    each.file = status.running->file;
    each.is_running = true;
    each.pid = status.running->pid;
    each.since = clocks.wall_time(status.running->since);
  }
  for (const auto& past : {status.last, status.last_repeated}) {
    if (!past) continue;
    HookSnapshot& each = result.emplace_back(common);
    each.key = name(past->key);
    each.file = past->file;
    each.has_failed = has_failed(past->ended);
    each.result = to_string(past->ended);
    each.last_line = past->ended.last_line;
    each.since = clocks.wall_time(past->at);
  }
  return result;
}

UnitSnapshot snapshot_of(const HookOwner& owner, const UnitStatus& status, const Clocks& clocks) {
  return {.unit = status.unit,
          .is_of_group = owner.kind == HookOwnerKind::Group,
          .is_wanted = status.is_wanted,
          .state = status.state ? std::string(name(*status.state)) : "",
          .since = clocks.wall_time(status.since),
          .has_failed = status.has_failed,
          .problem = status.problem};
}

}  // namespace

Programs::Programs(boost::asio::io_context& loop, const RuntimeDirectory& runtime, Ways ways)
    : record_(runtime),
      spawner_(loop, {.on_run_ended = [this](const RunEnded& ended) { run_has_ended(ended); },
                      .on_run_started = [this](const auto& run) { hooks_.has_started(run); },
                      .is_child = std::move(ways.is_child),
                      .on_there = [this] { spawner_is_there(); }}),
      hooks_({.run =
                  [this](ProgramId program, std::vector<Setting> settings) {
                    return spawner_.run(program, std::move(settings));
                  },
              .end = [this](RunId run) { spawner_.end(run); },
              .log = [](const std::vector<Notice>& notices) { log(notices); },
              .wake = [this](auto time) { hooks_timer_.wait_until(time); },
              .on_state = [this](const HookOwner& owner,
                                 HookKey key) { units_.want(owner, key == HookKey::OnMaster); },
              .remember = [this](const auto& running) { record_.save(running); }}),
      units_({.run = [this](ProgramId program) { return spawner_.run(program, {}); },
              .log = [](const std::vector<Notice>& notices) { log(notices); },
              .wake = [this](auto time) { units_timer_.wait_until(time); },
              .on_results = ways.on_results,
              .watch = [this](const auto& unit, const auto& group) { groups_.watch(unit, group); },
              .ignore = [this](const auto& unit) { groups_.ignore(unit); }}),
      groups_(loop, kControlGroups, [this](const auto& unit) { units_.has_changed(unit); }),
      scripts_(loop, {.run = [this](ProgramId program) { return spawner_.run(program, {}); },
                      .on_results = std::move(ways.on_results)}),
      checks_(loop, {.run = [this](ProgramId program) { return spawner_.run(program, {}); },
                     .on_outcomes = std::move(ways.on_outcomes),
                     .log = [](const std::vector<Notice>& notices) { log(notices); }}),
      stop_timer_(loop),
      hooks_timer_(loop, [this] { hooks_.tick(); }),
      units_timer_(loop, [this] { units_.tick(); }) {}

void Programs::configure(const Balancer& balancer, const Users& users, Generation generation) {
  const Config& config = *balancer.config();
  ids_.begin();
  hooks_.configure(config, users, ids_);
  scripts_.configure(config.tracked.scripts, users, ids_);
  units_.configure(config, ids_);
  checks_.configure(balancer.script_list(), users, ids_);
  spawner_.configure(generation, ids_.list());
}

void Programs::start() {
  hooks_.were_cut_off(record_.take());
  spawner_.start();
}

void Programs::leave() {
  hooks_.leave();
  scripts_.stop();
  checks_.stop();
}

void Programs::tell_stop(Clock::time_point until, std::function<void()> done) {
  stop_ = Stop{.until = until, .done = std::move(done)};
  wait_for_stop_hooks();
  hooks_.tell_stop([this] {
    if (stop_) stop_->are_hooks_done = true;
    check_stop();
  });
}

void Programs::check_stop() {
  if (stop_ && stop_->are_hooks_done && units_.is_settled()) end_stop();
}

void Programs::wait_for_stop_hooks() {
  const bool is_there = spawner_.status().state == ChildState::Running;
  stop_timer_.expires_at(is_there ? stop_->until
                                  : std::min(stop_->until, Clock::now() + kSpawnerLimit));
  stop_timer_.async_wait([this](const boost::system::error_code& error) {
    // The handler may have been under way when the timer was set anew or cancelled.
    if (error || !stop_ || Clock::now() < stop_timer_.expiry()) return;
    if (!units_.is_settled()) log_warning("units were not stopped, and the daemon stops now");
    for (Notice& notice : hooks_.unfinished()) {
      notice.text += ", and the daemon stops now";
      log({notice});
    }
    end_stop();
  });
}

void Programs::end_stop() {
  stop_timer_.cancel();
  if (const auto stop = std::exchange(stop_, std::nullopt)) stop->done();
}

void Programs::run_has_ended(const RunEnded& ended) {
  hooks_.has_ended(ended);
  scripts_.has_ended(ended);
  units_.has_ended(ended);
  checks_.has_ended(ended);
  if (stop_ && ended.how == RunEnd::Lost) wait_for_stop_hooks();
  check_stop();
}

void Programs::spawner_is_there() {
  hooks_.spawner_is_there();
  if (stop_) wait_for_stop_hooks();
}

std::string Programs::problem() const {
  const std::string of_spawner = spawner_.problem();
  return of_spawner.empty() ? checks_.problem() : of_spawner;
}

void Programs::describe(Snapshot& snapshot, const Clocks& clocks) const {
  for (InstanceSnapshot& instance : snapshot.instances) {
    const auto add = [&](const HookOwner& owner) {
      for (const UnitStatus& each : units_.status(owner)) {
        instance.units.push_back(snapshot_of(owner, each, clocks));
      }
      const auto status = hooks_.status(owner);
      if (!status) return;
      for (HookSnapshot& each : snapshots_of(owner, *status, clocks)) {
        instance.hooks.push_back(std::move(each));
      }
    };
    add(instance_owner(instance.config.name));
    if (!instance.sync_group.empty()) add(group_owner(instance.sync_group));
  }
  for (const auto& [owner, status] : hooks_.failures(kMaxFailedHooks)) {
    for (HookSnapshot& each : snapshots_of(owner, status, clocks)) {
      if (each.has_failed) snapshot.failed_hooks.push_back(std::move(each));
    }
  }
}

}  // namespace evenkeel::daemon
