// All state at one moment, for `evenkeel status` and the other commands that show it.
//
// On main's thread; reads the kernel.
#pragma once

#include <chrono>
#include <memory>

#include "daemon/balancer/balancer.h"
#include "daemon/balancer/reconciler.h"
#include "daemon/balancer/snapshot.h"
#include "daemon/control/control_server.h"
#include "daemon/process/checks_child.h"
#include "daemon/process/kernel_settings.h"
#include "daemon/process/programs.h"
#include "daemon/process/vrrp_child.h"

namespace evenkeel::daemon {

/// The parts that the snapshot is made from.
struct SnapshotSources {
  const Balancer& balancer;
  Reconciler& reconciler;  ///< is told what was seen
  ipvs::Backend& backend;
  const ChecksChild& checks;
  const VrrpChild& vrrp;
  const Programs& programs;
  const ControlServer* control;  ///< nullptr = there is none yet
  const KernelSettings& settings;
  Generation generation;
  std::chrono::steady_clock::time_point loaded;  ///< the configuration
};

/// `with_statistics`: of the kernel's services too, which takes a full read.
[[nodiscard]] std::shared_ptr<Snapshot> take_snapshot(const SnapshotSources& sources,
                                                      bool with_statistics, const Clocks& clocks);

}  // namespace evenkeel::daemon
