// When a child counts as silent, and when a dead one is started again. Pure.
#pragma once

#include <chrono>
#include <cstdint>

namespace evenkeel::daemon {

using Duration = std::chrono::steady_clock::duration;

struct RespawnDelays {
  Duration first = std::chrono::milliseconds(100);
  Duration longest = std::chrono::seconds(5);
  Duration steady = std::chrono::seconds(10);  ///< after such a life the first delay is next
  friend bool operator==(const RespawnDelays&, const RespawnDelays&) = default;
};

/// How long to wait before the next start: the first delay, doubled with every death in a row.
/// After a first of zero comes a tenth of a second.
class RespawnBackoff {
 public:
  explicit RespawnBackoff(const RespawnDelays& delays) : delays_(delays), next_(delays.first) {}

  /// `lived`: from its start to its death; 0 for one that could not be started.
  [[nodiscard]] Duration after_death(Duration lived);

 private:
  RespawnDelays delays_;
  Duration next_;
};

/// Counts unanswered pings, by their number and not by time. Main that is stopped or late sends
/// none, so its own delay is never taken for the child's. The caller sends them at least one ping
/// interval apart.
class PingCount {
 public:
  /// Silent after limit / interval pings without an answer (rounded up, at least 1); until the
  /// first answer start_limit counts in place of limit.
  PingCount(Duration interval, Duration limit, Duration start_limit);

  /// The sequence number of the ping to send now, from 1; 0: the child is silent.
  [[nodiscard]] std::uint64_t next();
  /// Any ping since the last answer may be answered; another number is ignored.
  void answered(std::uint64_t sequence);
  [[nodiscard]] bool has_answered() const { return answered_ != 0; }

 private:
  std::uint64_t allowed_;
  std::uint64_t allowed_at_start_;
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t unanswered_ = 0;  ///< pings in a row
};

}  // namespace evenkeel::daemon
