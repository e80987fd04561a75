#include "checks/timer_heap.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

namespace evenkeel::checks {
namespace {

TimePoint at(int tick) {
  return TimePoint(std::chrono::milliseconds(tick));
}

TEST(TimerHeap, TheEarliestIsAtHandAndTimersMove) {
  TimerHeap heap;
  heap.reset(3);
  EXPECT_FALSE(heap.earliest());
  heap.set(0, at(30));
  heap.set(1, at(10));
  heap.set(2, at(20));
  EXPECT_EQ(heap.earliest()->slot, 1U);
  heap.set(1, at(40));
  EXPECT_EQ(heap.earliest()->slot, 2U);
  heap.clear(2);
  EXPECT_EQ(heap.earliest()->slot, 0U);
  heap.clear(2);
  EXPECT_EQ(heap.size(), 2U);
  EXPECT_FALSE(heap.when(2));
  EXPECT_EQ(heap.when(1), at(40));
  heap.reset(1);
  EXPECT_FALSE(heap.earliest());
}

TEST(TimerHeap, AgreesWithASortedMapUnderRandomChanges) {
  std::mt19937 random(4);
  for (int round = 0; round < 50; ++round) {
    const auto count = static_cast<Slot>(1 + random() % 40);
    TimerHeap heap;
    heap.reset(count);
    std::map<Slot, TimePoint> expected;
    for (int step = 0; step < 400; ++step) {
      const auto id = static_cast<Slot>(random() % count);
      if (random() % 3 != 0) {
        const TimePoint when = at(static_cast<int>(random() % 50));
        heap.set(id, when);
        expected[id] = when;
      } else {
        heap.clear(id);
        expected.erase(id);
      }
      ASSERT_EQ(heap.size(), expected.size());
      const auto earliest = heap.earliest();
      ASSERT_EQ(earliest.has_value(), !expected.empty());
      if (!earliest) continue;
      ASSERT_EQ(expected.at(earliest->slot), earliest->when);
      for (const auto& [other, when] : expected) {
        ASSERT_LE(earliest->when, when);
        ASSERT_EQ(heap.when(other), when);
      }
    }
  }
}

}  // namespace
}  // namespace evenkeel::checks
