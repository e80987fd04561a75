// A probe is one coroutine that returns once: connect, talk, judge.
//
// The caller owns the time: at the deadline, one for the whole probe, it calls
// Connection::expire(), and the coroutine returns ConnectTimeout or Deadline at once. The
// references must outlive the coroutine. An exception is a bug.
#pragma once

#include "checks/check.h"
#include "checks/connection.h"
#include "checks/lingering.h"

namespace evenkeel::checks {

/// Probes with the kind that the check is of. When it returns, the connection is closed, or was
/// handed to `lingering` with what its server has still to say.
[[nodiscard]] Awaitable<ProbeResult> run_check(const Check& check, Connection& connection,
                                               Lingering& lingering);

/// Passes when the connection is established, or, with `expect`, when that occurs in the first
/// 4 KiB that the server sends. Passed has no detail.
[[nodiscard]] Awaitable<ProbeResult> tcp_check(const Check& target, const TcpCheck& check,
                                               Connection& connection, Lingering& lingering);

/// Passes when the status is accepted and the body contains `body`. Redirects are answers like any
/// other. The detail of Passed and HttpStatus is the status code: "200".
[[nodiscard]] Awaitable<ProbeResult> http_check(const Check& target, const HttpCheck& check,
                                                Connection& connection, Lingering& lingering);

}  // namespace evenkeel::checks
