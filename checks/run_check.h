// A probe is one coroutine that returns once: connect, talk, judge.
//
// The caller owns the time: at the deadline, one for the whole probe, it calls Sockets::expire(),
// and the coroutine returns ConnectTimeout or Deadline at once. When it has returned, the caller
// closes the sockets. The references must outlive the coroutine. An exception is a bug.
#pragma once

#include "checks/check.h"
#include "checks/sockets.h"

namespace evenkeel::checks {

/// Probes with the kind that the check is of.
[[nodiscard]] Awaitable<ProbeResult> run_check(const Check& check, Sockets& sockets);

}  // namespace evenkeel::checks
