// main's side of the checks process: hands it its list, and makes of its reports what the present
// configuration understands.
//
// On main's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "daemon/process/renamed_checks.h"
#include "daemon/process/supervisor.h"

namespace evenkeel::daemon {

class ChecksChild {
 public:
  struct Hooks {
    /// Outcomes of the checks of the list in force; `is_first_round_done`: each has had one.
    std::function<void(const std::vector<checks::CheckOutcome>&, bool is_first_round_done)>
        on_report;
    /// Verdicts keep their last value; it is logged, and the process starts again.
    std::function<void()> on_lost;
  };
  struct Counters {
    std::uint64_t outcomes = 0;
    std::uint64_t stale_reports = 0;  ///< of an older generation
  };

  ChecksChild(boost::asio::io_context& loop, Hooks hooks);

  /// The list in force, before start() and at each reload.
  void configure(std::vector<checks::Check> list, Generation generation);
  void start() { supervisor_.start(); }
  void stop(std::function<void()> stopped) { supervisor_.stop(std::move(stopped)); }

  [[nodiscard]] bool has_checks() const { return !list_.empty(); }
  [[nodiscard]] ChildStatus status() const { return supervisor_.status(); }
  /// It runs, and not well: "late: ..."; "" = all is well.
  [[nodiscard]] std::string problem() const;
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  void send_list();
  void received(Message message);
  void received(CheckReport report);
  void received(const Pong& pong);

  Hooks hooks_;
  Supervisor supervisor_;
  Generation generation_ = 0;
  std::vector<checks::Check> list_;
  RenamedChecks renamed_;  ///< of the generation before
  Counters counters_;
  std::uint32_t behind_ = 0;  ///< checks that are late for 3 intervals
  int punctual_pongs_ = 0;    ///< in a row, while behind_ is not 0
};

}  // namespace evenkeel::daemon
