// The checks that are due and wait for room: first probes in one line, all others in another.
//
// Pure. They take turns, so that many new checks hold up neither those that run already nor the
// second look at a server that has just failed; and the other way round.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "checks/check.h"

namespace evenkeel::checks {

class ReadyQueue {
 public:
  void push(CheckId id, bool is_first_probe) { line(is_first_probe).push_back(id); }
  [[nodiscard]] bool empty() const { return first_.empty() && other_.empty(); }
  /// The next one; not when empty.
  [[nodiscard]] CheckId pop();
  /// The list has changed: each check gets its new id, or goes.
  void rename(const std::vector<std::optional<CheckId>>& successors);

 private:
  using Line = std::deque<CheckId>;
  [[nodiscard]] Line& line(bool is_first_probe) { return is_first_probe ? first_ : other_; }

  Line first_, other_;
  bool is_first_next_ = false;
};

}  // namespace evenkeel::checks
