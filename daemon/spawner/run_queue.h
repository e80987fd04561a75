// Which run is next: at most kMaxRunning at once, and of a program one at a time unless it may
// overlap. Pure.
//
// Runs begin in the order in which they were asked for, but for those whose program is running:
// they wait for its end, and others pass them.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/spawner/run.h"

namespace evenkeel::daemon {

struct WaitingRun {
  RunRequest run;
  std::chrono::steady_clock::time_point since;
};

class RunQueue {
 public:
  static constexpr std::size_t kMaxRunning = 64;
  static constexpr std::size_t kMaxWaiting = 1024;
  /// Of the values of all that wait: the other bound of what they take.
  static constexpr std::size_t kMaxOctets = std::size_t{4} << 20U;

  /// False: too many wait.
  [[nodiscard]] bool add(WaitingRun waiting);

  /// The next one that may begin, which is taken out; counts as running until has_ended().
  /// `may_overlap`: of a program.
  template <typename MayOverlap>
  [[nodiscard]] std::optional<WaitingRun> next(const MayOverlap& may_overlap) {
    if (is_full()) return std::nullopt;
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
      const ProgramId program = at->run.program;
      if (!runs_of_.contains(program) || may_overlap(program)) return begin(at);
    }
    return std::nullopt;
  }

  void has_ended(ProgramId program);
  /// A run that cannot be killed takes no place any more; its program still counts as running.
  void is_stuck() { --running_; }
  /// A stuck run has ended after all.
  void has_come_loose(ProgramId program) { forget(program); }

  /// Takes out those of which `is_wanted(run)` is false.
  template <typename IsWanted>
  [[nodiscard]] std::vector<RunRequest> drop_unless(const IsWanted& is_wanted) {
    std::vector<RunRequest> dropped;
    std::deque<WaitingRun> kept;
    for (WaitingRun& each : waiting_) {
      if (is_wanted(std::as_const(each.run))) {
        kept.push_back(std::move(each));
      } else {
        octets_ -= octets_of(each.run);
        dropped.push_back(std::move(each.run));
      }
    }
    waiting_ = std::move(kept);
    return dropped;
  }

  /// kMaxRunning run.
  [[nodiscard]] bool is_full() const { return running_ >= kMaxRunning; }
  /// How many have waited since before then.
  [[nodiscard]] std::size_t waiting_since_before(std::chrono::steady_clock::time_point then) const;

 private:
  [[nodiscard]] static std::size_t octets_of(const RunRequest& run);
  [[nodiscard]] WaitingRun begin(const std::deque<WaitingRun>::iterator& at);
  void forget(ProgramId program);

  std::deque<WaitingRun> waiting_;
  std::size_t octets_ = 0;                    ///< of waiting_
  std::map<ProgramId, std::size_t> runs_of_;  ///< that run, stuck ones among them
  std::size_t running_ = 0;                   ///< without stuck ones
};

}  // namespace evenkeel::daemon
