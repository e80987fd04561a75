// The checks that are due and wait for room: first probes in one line, all others in another.
//
// Pure. They take turns, so that many new checks hold up neither those that run already nor the
// second look at a server that has just failed; and the other way round.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "checks/check_list.h"

namespace evenkeel::checks {

class ReadyQueue {
 public:
  void push(Slot slot, bool is_first_probe) { line(is_first_probe).push_back(slot); }
  [[nodiscard]] bool empty() const { return first_.empty() && other_.empty(); }
  /// The next one; not when empty.
  [[nodiscard]] Slot pop();
  /// The list has changed: each check gets its new slot, or goes.
  void rename(const std::vector<std::optional<Slot>>& successors);

 private:
  using Line = std::deque<Slot>;
  [[nodiscard]] Line& line(bool is_first_probe) { return is_first_probe ? first_ : other_; }

  Line first_, other_;
  bool is_first_next_ = false;
};

}  // namespace evenkeel::checks
