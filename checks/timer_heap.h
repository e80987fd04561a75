// A timer for each of n checks in one heap: the earliest is at hand, and each can be moved or
// stopped.
//
// Pure. A binary heap of (time, slot) and, for each slot, where in the heap it is: set and clear
// are O(log n), and a check that ends before its deadline leaves nothing behind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "checks/check_list.h"

namespace evenkeel::checks {

class TimerHeap {
 public:
  struct Timer {
    TimePoint when;
    Slot slot = 0;
  };

  /// Forgets all timers; the slots from now on are 0 .. count-1.
  void reset(std::size_t count);
  /// Starts the timer of `slot`, or moves it.
  void set(Slot slot, TimePoint when);
  /// Stops the timer of `slot`, if it runs.
  void clear(Slot slot);
  /// The one that expires first.
  [[nodiscard]] std::optional<Timer> earliest() const;
  [[nodiscard]] std::optional<TimePoint> when(Slot slot) const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  void sift_up(std::size_t at);
  void sift_down(std::size_t at);
  void put(std::size_t at, Timer timer);

  std::vector<Timer> heap_;
  std::vector<std::size_t> position_;  // by slot; kAbsent: its timer does not run
};

}  // namespace evenkeel::checks
