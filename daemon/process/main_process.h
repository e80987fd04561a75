// The main role: supervises, owns health, writes IPVS, answers the control socket.
//
// One thread, one loop (Boost.Asio). It wires the parts and holds none of their logic: outcomes
// from the checks process go to the Balancer; whatever makes its wanted table differ makes the
// Reconciler due; the control socket reads snapshots and asks for reloads; systemd is told.
// Privileges: capabilities are permitted and raised around the step that needs them
// (capabilities.h).
#pragma once

#include "daemon/options.h"

namespace evenkeel::daemon {

/// Runs until SIGTERM or SIGINT. The process's exit status: 0 stopped as asked, 1 failure, 2 bad
/// configuration.
[[nodiscard]] int run_main_process(const Options& options);

}  // namespace evenkeel::daemon
