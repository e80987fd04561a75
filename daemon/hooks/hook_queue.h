// The states of one owner that have still to be told, in order, and which program is next.
//
// Hooks are level-triggered: where more states wait than a program keeps up with, the newest alone
// counts.
//
// Pure.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "daemon/hooks/hook.h"

namespace evenkeel::daemon {

/// A program that is to run now.
struct HookRun {
  HookKey key = HookKey::OnMaster;
  ProgramId program = 0;
  std::vector<Setting> settings;
};

class HookQueue {
 public:
  static constexpr std::size_t kMaxWaiting = 16;

  /// How many states were dropped: one more than kMaxWaiting leaves the newest alone.
  std::size_t add(HookEvent event);
  /// The next program: of each state those of its own key, then those of OnChange. Nothing: one
  /// runs, or nothing is left to tell. It runs until end().
  [[nodiscard]] std::optional<HookRun> begin(const HookPrograms& programs);
  void end() { is_running_ = false; }
  /// The programs that are left of the state that is being told are not run: they are not
  /// configured any more, or all of them run anew.
  void cut_short() { left_.clear(); }
  /// How many states waited that are not told now.
  std::size_t drop_waiting();

  [[nodiscard]] bool is_running() const { return is_running_; }
  /// Something is left to tell or to run.
  [[nodiscard]] bool has_work() const { return !left_.empty() || !waiting_.empty(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  /// How many states have begun to be told.
  [[nodiscard]] std::size_t told() const { return told_; }
  /// The newest, told or waiting.
  [[nodiscard]] const std::optional<HookEvent>& newest() const { return newest_; }

 private:
  struct Left {
    HookKey key = HookKey::OnMaster;
    ProgramId program = 0;
  };
  void take_next(const HookPrograms& programs);

  std::deque<HookEvent> waiting_;
  std::deque<Left> left_;          ///< of the state that is being told
  std::vector<Setting> settings_;  ///< likewise
  std::string last_state_;         ///< the one told last; "" = none
  std::optional<HookEvent> newest_;
  std::size_t told_ = 0;
  bool is_running_ = false;
};

}  // namespace evenkeel::daemon
