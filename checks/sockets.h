// The sockets that a probe is lent, and how whoever keeps its time ends it, without knowing what it
// speaks over. They are reused from probe to probe.
//
// Includes Asio: for the probes and the worker only. Not thread-safe.
#pragma once

#include <utility>

#include "checks/connection.h"
#include "checks/lingering.h"

namespace evenkeel::checks {

/// A probe that has not begun: one coroutine that returns once.
struct Probing {
  Awaitable<ProbeResult> result;
};

class Sockets {
 public:
  /// `lingering` must outlive it.
  Sockets(const Executor& executor, Lingering& lingering)
      : tcp_(executor), lingering_(&lingering) {}

  // For the probe.

  [[nodiscard]] Connection& tcp() { return tcp_; }
  /// The verdict on the connection is known: what its server has still to say is read on, while the
  /// probe ends.
  void linger(Remainder remainder) { lingering_->take(tcp_.release(), std::move(remainder)); }

  // For who keeps its time.

  /// Whether a socket is ready for what the probe waits for: asks the kernel, without waiting.
  [[nodiscard]] bool has_news() { return tcp_.has_news(); }
  /// The deadline has passed: the probe ends at once, and says so.
  void expire() { tcp_.expire(); }
  /// The probe has ended.
  void close() { tcp_.close(); }

 private:
  Connection tcp_;
  Lingering* lingering_;
};

}  // namespace evenkeel::checks
