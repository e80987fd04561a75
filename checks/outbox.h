// Outcomes on their way out: gathered into batches, kept while the sink is full, dropped when their
// check goes.
//
// Pure: the time comes in as an argument.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "checks/check_list.h"
#include "checks/report.h"

namespace evenkeel::checks {

class Outbox {
 public:
  explicit Outbox(ReportSink sink) : sink_(std::move(sink)) {}

  void add(CheckOutcome outcome) { waiting_.push_back(std::move(outcome)); }
  /// The list has changed: an outcome is dropped with its check. The end of the first round is told
  /// once more.
  void configure(const std::vector<ListedCheck>& list);

  /// When to flush(): kGather after the last flush, or at once if that has passed. Nothing: no
  /// outcome is waiting, or the sink is full.
  [[nodiscard]] std::optional<TimePoint> deadline(bool is_first_round_done) const;
  /// Hands in everything, until the sink is full.
  void flush(bool is_first_round_done, TimePoint now);

  [[nodiscard]] bool is_full() const { return is_full_; }
  void resume() { is_full_ = false; }

 private:
  static constexpr Duration kGather = std::chrono::milliseconds(20);

  [[nodiscard]] bool has_news(bool is_first_round_done) const;

  ReportSink sink_;
  std::vector<CheckOutcome> waiting_;
  std::optional<TimePoint> last_flush_;
  bool is_full_ = false;
  bool has_told_first_round_ = false;
};

}  // namespace evenkeel::checks
