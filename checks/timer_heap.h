// A timer for each of n checks in one heap: the earliest is at hand, and each can be moved or
// stopped.
//
// Pure. A binary heap of (time, id) and, for each id, where in the heap it is: set and clear are
// O(log n), and a check that ends before its deadline leaves nothing behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "checks/check.h"

namespace evenkeel::checks {

class TimerHeap {
 public:
  struct Timer {
    TimePoint when;
    CheckId id = 0;
  };

  /// Forgets all timers; the ids from now on are 0 .. count-1.
  void reset(std::size_t count);
  /// Starts the timer of `id`, or moves it.
  void set(CheckId id, TimePoint when);
  /// Stops the timer of `id`, if it runs.
  void clear(CheckId id);
  /// The one that expires first.
  [[nodiscard]] std::optional<Timer> earliest() const;
  [[nodiscard]] std::optional<TimePoint> when(CheckId id) const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  void sift_up(std::size_t at);
  void sift_down(std::size_t at);
  void put(std::size_t at, Timer timer);

  std::vector<Timer> heap_;
  std::vector<std::size_t> position_;  // by id; kAbsent: its timer does not run
};

}  // namespace evenkeel::checks
