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
  /// The next program: of each state those of its own key, then those of OnChange. Nothing: nothing
  /// is left to tell. The one before it has ended.
  [[nodiscard]] std::optional<HookRun> next(const HookPrograms& programs);
  /// The programs that are left of the state that is being told are not run: they are not
  /// configured any more, or all of them run anew.
  void cut_short() { left_.clear(); }
  /// A run between states, which is told the present one.
  [[nodiscard]] HookRun again(HookKey key, ProgramId program) const;
  /// The newest state, which had begun to be told, is told from the first program on, as if it had
  /// not been told before. Where a newer one waits, that one is told.
  void tell_anew(const std::string& reason);
  /// Nothing of what was added is told any more; how many states waited.
  std::size_t forget();

  /// Something is left to tell or to run.
  [[nodiscard]] bool has_work() const { return !left_.empty() || !waiting_.empty(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  /// How many states have begun to be told.
  [[nodiscard]] std::size_t told() const { return told_; }

 private:
  struct Left {
    HookKey key = HookKey::OnMaster;
    ProgramId program = 0;
  };
  void take_next(const HookPrograms& programs);

  std::deque<HookEvent> waiting_;
  std::deque<Left> left_;            ///< of the state that is being told
  std::vector<Setting> settings_;    ///< likewise
  std::string last_state_;           ///< the one told last; "" = none
  std::string state_before_;         ///< the one told before that
  std::optional<HookEvent> newest_;  ///< told or waiting
  std::size_t told_ = 0;
};

}  // namespace evenkeel::daemon
