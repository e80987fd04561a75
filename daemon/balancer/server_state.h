// A real server's life inside one service: the outcomes of its checks, and the destination that the
// kernel should therefore hold.
//
// Pure. Three facts are kept apart: the outcome of each check (CheckState), the health that follows
// from all of them, and the usage, which also depends on what was there before: an Unknown server
// keeps the usage it was found with.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/verdict.h"
#include "daemon/balancer/snapshot.h"
#include "daemon/config/config.h"

namespace evenkeel::daemon {

/// Ages are measured on the steady clock: the wall clock may be set.
using TimePoint = std::chrono::steady_clock::time_point;

struct CheckState {
  checks::CheckId id = 0;
  checks::Verdict verdict;
  std::optional<checks::CheckOutcome> last;
  std::optional<std::uint32_t> weight;  ///< that a script has given the server
  bool is_silent = true;                ///< no outcome since the checks process (re)started
};

class ServerState {
 public:
  /// A new server: Absent, unless it has no check or every check starts as "up". `ids`: of its
  /// checks. `failure_removes`: a failure always removes it (UDP and persistent services), whatever
  /// its reason.
  ServerState(const RealServerConfig& config, const std::vector<checks::CheckId>& ids,
              OnFailure on_failure, bool failure_removes, TimePoint now);

  /// The same server under a new configuration: the same check keeps its state, one that asks the
  /// same with other times and limits its verdict, and the usage stays until an outcome decides
  /// otherwise.
  void inherit(const ServerState& before, TimePoint now);

  /// Check number `check` is made already for another server: this one takes over what it has told.
  void share(std::size_t check, const CheckState& known, TimePoint now);
  [[nodiscard]] const std::vector<CheckState>& checks() const { return checks_; }

  /// The kernel holds it with this weight (at start, or when ip_vs came back): Unknown servers go
  /// on being used, or quiesced, until a check has passed or failed `fall` times in a row.
  void adopt(std::uint32_t weight, TimePoint now);

  /// The kernel has the service without this server. A server that starts as "up" waits for its
  /// first outcome, which decides: an earlier run may have taken it out.
  void adopt_absence(TimePoint now);

  /// True when health or usage changed.
  bool record(std::size_t check, const checks::CheckOutcome& outcome, TimePoint now);

  /// The weight that check number `check` gives the server; nothing: none. False: that is known.
  bool weigh(std::size_t check, std::optional<std::uint32_t> weight);
  /// In the table while it is used: `configured`, or the lowest that its checks give.
  [[nodiscard]] std::uint32_t weight(std::uint32_t configured) const;

  /// The checks process died: each verdict is stale until its check reports again.
  void checks_lost();

  [[nodiscard]] checks::Health health() const { return health_; }
  [[nodiscard]] Usage usage() const { return usage_; }
  [[nodiscard]] bool is_checked() const { return !checks_.empty(); }
  [[nodiscard]] bool is_adopted() const;
  /// Every check has had an outcome that decides.
  [[nodiscard]] bool is_decided() const;
  /// Every check has been made at least once, whatever came of it.
  [[nodiscard]] bool has_outcomes() const;
  /// Some check cannot be made (LocalError), or has been silent since the checks process was lost.
  [[nodiscard]] bool is_stale() const;
  /// Some check cannot be made for a fault of this node.
  [[nodiscard]] bool is_blind() const;
  [[nodiscard]] TimePoint since() const { return since_; }
  /// The last outcome of the check that decides: the first that fails, else the first.
  [[nodiscard]] const checks::CheckOutcome* deciding_outcome() const;
  /// For people: "200 in 4ms", "connect timeout (3 of 3)", "not checked", "waiting for the first
  /// check".
  [[nodiscard]] std::string explanation() const;
  /// For the log: "connect timeout", "HTTP status 503".
  [[nodiscard]] std::string cause() const;

 private:
  void trust();
  [[nodiscard]] checks::Health combined_health() const;
  [[nodiscard]] std::size_t deciding_check() const;
  bool update(TimePoint now);

  std::vector<ServerCheck> config_;
  std::vector<CheckState> checks_;
  OnFailure on_failure_;
  bool failure_removes_;
  checks::Health health_ = checks::Health::Unknown;
  Usage usage_ = Usage::Absent;
  bool is_withheld_ = false;  ///< until it is decided
  std::uint16_t gone_ = 0;    ///< consecutive outcomes "not there" while quiesced
  TimePoint since_;
};

/// For people: "HTTP status 503", "connect timeout", "200 in 4ms", "connected in 12ms".
[[nodiscard]] std::string describe(const checks::CheckOutcome& outcome);

/// The count that belongs to a check's last outcome: " (2 of 3)"; "" where none is counted, as of a
/// LocalError.
[[nodiscard]] std::string progress(const CheckState& state, const checks::Check& check);

}  // namespace evenkeel::daemon
