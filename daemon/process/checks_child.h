// main's side of the checks process: sends it the list, and drops outcomes that do not count
// (report_rules.h).
//
// On main's loop.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checks/check_list.h"
#include "daemon/process/supervisor.h"

namespace evenkeel::daemon {

class ChecksChild {
 public:
  struct Hooks {
    /// Every check of the present configuration, with what has come of it so far.
    std::function<std::vector<checks::ListedCheck>()> list;
    /// Outcomes of these checks.
    std::function<void(const std::vector<checks::CheckOutcome>&)> on_report;
    /// Verdicts keep their last value; it is logged, and the process starts again.
    std::function<void()> on_lost;
  };
  struct Counters {
    std::uint64_t outcomes = 0;
    std::uint64_t stale_reports = 0;  ///< of another generation
  };

  ChecksChild(boost::asio::io_context& loop, Hooks hooks);

  /// There is a new list: before start() and at each reload.
  void configure(Generation generation);
  void start() { supervisor_.start(); }
  void stop(std::function<void()> stopped) { supervisor_.stop(std::move(stopped)); }

  /// Of every check of the configuration an outcome has been reported.
  [[nodiscard]] bool is_first_round_done() const { return ids_.empty() || is_first_round_done_; }
  [[nodiscard]] ChildStatus status() const { return supervisor_.status(); }
  /// It runs, and not well: "late: ..."; "" = all is well.
  [[nodiscard]] std::string problem() const;
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  void send_list();
  void received(Message message);
  void received(CheckReport report);
  void received(const Pong& pong);
  [[nodiscard]] std::string lateness() const;

  Hooks hooks_;
  Supervisor supervisor_;
  Generation generation_ = 0;
  std::vector<checks::CheckId> ids_;  ///< of the checks in force, ascending
  bool is_first_round_done_ = false;
  Counters counters_;
  std::string list_problem_;  ///< why the process has not the list; "" = it has, or will say so
  std::uint32_t behind_ = 0;  ///< checks that are late for 3 intervals
  int punctual_pongs_ = 0;    ///< in a row, while behind_ is not 0
};

}  // namespace evenkeel::daemon
