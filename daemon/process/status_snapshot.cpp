#include "daemon/process/status_snapshot.h"

#include <map>
#include <optional>
#include <utility>

#include "daemon/process/capabilities.h"
#include "daemon/version.h"

namespace evenkeel::daemon {
namespace {

using KernelCounters = std::map<ipvs::ServiceKey, ipvs::ServiceCounters>;

/// Fills in `counters`; the error, where the kernel could not be read.
std::optional<ipvs::Error> read_kernel(const SnapshotSources& sources, bool with_statistics,
                                       KernelCounters& counters) {
  if (!sources.reconciler.is_attached()) return std::nullopt;
  const ScopedCapability capability(Capability::NetAdmin);
  const auto take = [&](auto reading) -> std::optional<ipvs::Error> {
    if (!reading) return std::move(reading.error());
    counters = std::move(reading->counters);
    sources.reconciler.has_seen(std::move(reading->table), !with_statistics,
                                std::chrono::steady_clock::now());
    return std::nullopt;
  };
  if (with_statistics) return take(sources.backend.read());
  return take(sources.backend.read_brief());
}

void add_services(Snapshot& snapshot, const SnapshotSources& sources,
                  const KernelCounters& counters, const Clocks& clocks) {
  snapshot.services = sources.balancer.snapshot(counters, clocks);
  for (ServiceSnapshot& service : snapshot.services) {
    service.failure = sources.reconciler.failure(service.service.key);
    service.is_in_kernel = sources.reconciler.holds(service.service.key);
  }
}

void add_process(Snapshot& snapshot, const char* role, const ChildStatus& child,
                 const Clocks& clocks) {
  snapshot.processes.push_back(
      {.role = role,
       .state = child.state == ChildState::Running ? "running" : "restarting",
       .pid = child.pid,
       .restarts = static_cast<std::uint32_t>(child.restarts),
       .since = clocks.wall_time(child.since)});
  snapshot.counters.malformed_messages += child.malformed;
}

void add_processes(Snapshot& snapshot, const SnapshotSources& sources, const Clocks& clocks) {
  add_process(snapshot, "checks", sources.checks.status(), clocks);
  snapshot.processes.back().problem = sources.checks.problem();
  if (const auto vrrp = sources.vrrp.status()) add_process(snapshot, "vrrp", *vrrp, clocks);
  add_process(snapshot, "spawner", sources.programs.spawner().status(), clocks);
  snapshot.processes.back().problem = sources.programs.problem();
  snapshot.counters.check_outcomes = sources.checks.counters().outcomes;
  snapshot.counters.stale_reports = sources.checks.counters().stale_reports;
  if (sources.control == nullptr) return;
  snapshot.counters.malformed_requests = sources.control->counters().malformed_requests;
  snapshot.counters.rejected_clients = sources.control->counters().rejected_clients;
}

}  // namespace

std::shared_ptr<Snapshot> take_snapshot(const SnapshotSources& sources, bool with_statistics,
                                        const Clocks& clocks) {
  auto result = std::make_shared<Snapshot>();
  const Config& config = *sources.balancer.config();
  result->version = kVersion;
  result->node_name = config.global.node_name;
  result->config_digest = config.digest;
  result->generation = sources.generation;
  result->loaded = clocks.wall_time(sources.loaded);
  result->now = clocks.wall;
  result->is_ready = sources.balancer.is_ready();
  result->checks_frozen = sources.balancer.is_frozen();
  result->warnings = sources.settings.warnings;
  result->timeouts = sources.settings.timeouts;
  result->sysctls = sources.settings.sysctls;
  KernelCounters counters;
  const auto unread = read_kernel(sources, with_statistics, counters);
  sources.reconciler.describe(*result);
  if (unread) {
    result->kernel = KernelState::Failing;
    result->kernel_detail = unread->message;
  }
  add_services(*result, sources, counters, clocks);
  result->instances = sources.vrrp.snapshot(clocks);
  sources.programs.describe(*result, clocks);
  add_processes(*result, sources, clocks);
  return result;
}

}  // namespace evenkeel::daemon
