#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

namespace {

bool is_degraded(const ServiceSnapshot& service) {
  if (!service.failure.empty()) return true;
  for (const RealServerSnapshot& server : service.real_servers) {
    if (server.is_sorry_server) continue;
    if (server.health == checks::Health::Down || server.is_stale) return true;
    if (server.health == checks::Health::Unknown && server.usage == Usage::Absent) return true;
  }
  return false;
}

}  // namespace

int exit_code(const Snapshot& snapshot) {
  if (snapshot.kernel == KernelState::Missing || snapshot.kernel == KernelState::Failing) return 2;
  int code = 0;
  for (const ServiceSnapshot& service : snapshot.services) {
    if (!service.has_quorum) return 2;
    if (is_degraded(service)) code = 1;
  }
  if (snapshot.kernel == KernelState::Drift || snapshot.checks_frozen) code = 1;
  if (!snapshot.warnings.empty()) code = 1;
  for (const ProcessSnapshot& process : snapshot.processes) {
    if (process.state != "running") code = 1;
  }
  return code;
}

}  // namespace evenkeel::daemon
