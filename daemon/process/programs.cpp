#include "daemon/process/programs.h"

#include <boost/asio/io_context.hpp>
#include <memory>
#include <utility>

#include "daemon/process/log.h"
#include "daemon/process/notice_log.h"

namespace evenkeel::daemon {
namespace {

/// The run that is under way, then the one that has ended last.
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
    each.since = clocks.wall_time(status.running->since);
  }
  if (status.last) {
    HookSnapshot& each = result.emplace_back(common);
    each.key = name(status.last->key);
    each.file = status.last->file;
    each.has_failed = status.has_failed();
    each.result = to_string(status.last->ended);
    each.last_line = status.last->ended.last_line;
    each.since = clocks.wall_time(status.last->at);
  }
  return result;
}

}  // namespace

Programs::Programs(boost::asio::io_context& loop, std::function<bool(pid_t)> is_child)
    : spawner_(loop, {.on_run_started = [](const RunStarted&) {},
                      .on_run_ended = [this](const RunEnded& ended) { hooks_.has_ended(ended); },
                      .is_child = std::move(is_child),
                      .on_there = [this] { hooks_.spawner_is_there(); }}),
      hooks_({.run =
                  [this](ProgramId program, std::vector<Setting> settings) {
                    return spawner_.run(program, std::move(settings));
                  },
              .log = [](const std::vector<Notice>& notices) { log(notices); }}),
      stop_timer_(loop) {}

void Programs::configure(const Config& config, const Users& users, Generation generation) {
  ids_.begin();
  hooks_.configure(config, users, ids_);
  spawner_.configure(generation, ids_.list());
}

void Programs::tell_stop(std::chrono::steady_clock::time_point until, std::function<void()> done) {
  const auto once = std::make_shared<std::function<void()>>(std::move(done));
  const auto finish = [this, once] {
    stop_timer_.cancel();
    if (*once) std::exchange(*once, nullptr)();
  };
  stop_timer_.expires_at(until);
  stop_timer_.async_wait([finish](const boost::system::error_code& error) {
    if (error) return;
    log_warning("the hooks of the stop have not ended in time, and are ended");
    finish();
  });
  hooks_.tell_stop(finish);
}

void Programs::describe(Snapshot& snapshot, const Clocks& clocks) const {
  for (InstanceSnapshot& instance : snapshot.instances) {
    const auto add = [&](HookOwnerKind kind, const std::string& name) {
      const HookOwner owner{.kind = kind, .name = name, .real_server = {}};
      const auto status = hooks_.status(owner);
      if (!status) return;
      for (HookSnapshot& each : snapshots_of(owner, *status, clocks)) {
        instance.hooks.push_back(std::move(each));
      }
    };
    add(HookOwnerKind::Instance, instance.config.name);
    if (!instance.sync_group.empty()) add(HookOwnerKind::Group, instance.sync_group);
  }
  for (const auto& [owner, status] : hooks_.failures(kMaxFailedHooks)) {
    HookSnapshot failed = snapshots_of(owner, status, clocks).back();
    snapshot.failed_hooks.push_back(std::move(failed));
  }
}

}  // namespace evenkeel::daemon
