#include "daemon/balancer/snapshot.h"

#include <algorithm>

namespace evenkeel::daemon {

namespace {

bool is_degraded(const ServiceSnapshot& service) {
  if (!service.failure.empty() || !service.has_quorum) return true;
  for (const RealServerSnapshot& server : service.real_servers) {
    if (server.is_sorry_server) continue;
    if (server.health == checks::Health::Down || server.is_stale) return true;
    if (server.usage == Usage::Absent) return true;
  }
  return false;
}

}  // namespace

int exit_code(const InstanceSnapshot& instance) {
  if (instance.status.state == vrrp::State::Initialize) return 2;
  const bool is_odd =
      instance.is_stale || instance.status.kernel.has_foreign_address ||
      instance.status.kernel.has_refused_address || instance.status.kernel.is_polling ||
      instance.status.has_other_owner() || !instance.status.rivals.empty() ||
      !instance.status.other_lists.empty() ||
      std::any_of(instance.status.tracks.begin(), instance.status.tracks.end(), vrrp::is_trouble) ||
      has_failed_hook(instance) || has_failed_unit(instance);
  return is_odd ? 1 : 0;
}

int exit_code(const std::vector<const InstanceSnapshot*>& instances) {
  int code = 0;
  for (const InstanceSnapshot* instance : instances) code = std::max(code, exit_code(*instance));
  return code;
}

int exit_code(const Snapshot& snapshot) {
  const bool is_kernel_away =
      snapshot.kernel == KernelState::Missing || snapshot.kernel == KernelState::Failing;
  if (is_kernel_away && needs_kernel(snapshot)) return 2;
  int code = 0;
  for (const InstanceSnapshot& instance : snapshot.instances) {
    code = std::max(code, exit_code(instance));
  }
  if (code == 2) return 2;
  for (const ServiceSnapshot& service : snapshot.services) {
    if (!service.has_quorum && !service.is_starting) return 2;
    const bool is_known_why = !service.failure.empty() || snapshot.kernel == KernelState::Drift;
    if (!service.is_in_kernel && is_known_why) return 2;
    if (is_degraded(service)) code = 1;
  }
  if (snapshot.kernel == KernelState::Drift || snapshot.kernel == KernelState::Refusing) code = 1;
  if (snapshot.checks_frozen) code = 1;
  if (!snapshot.warnings.empty() || !snapshot.failed_hooks.empty()) code = 1;
  for (const ProcessSnapshot& process : snapshot.processes) {
    if (process.state != "running" || !process.problem.empty()) code = 1;
  }
  return code;
}

}  // namespace evenkeel::daemon
