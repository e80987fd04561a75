#include "checks/start_window.h"

#include <gtest/gtest.h>
#include <map>
#include <random>

#include "checks/lateness.h"

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};

TEST(StartWindow, HasRoomAgainWhenOneEndsOrIsOld) {
  StartWindow window(2);
  EXPECT_FALSE(window.next_room());
  const auto first = window.begin(kStart);
  ASSERT_TRUE(window.has_room(kStart));
  const auto second = window.begin(kStart + 10ms);
  EXPECT_FALSE(window.has_room(kStart + 10ms));
  EXPECT_EQ(window.next_room(), kStart + 100ms);
  window.end(second);
  EXPECT_TRUE(window.has_room(kStart + 10ms));
  static_cast<void>(window.begin(kStart + 20ms));
  EXPECT_FALSE(window.has_room(kStart + 99ms));
  EXPECT_TRUE(window.has_room(kStart + 100ms)) << "the first is dead, or slow";
  EXPECT_EQ(window.next_room(), kStart + 120ms);
  window.end(first);
  EXPECT_TRUE(window.has_room(kStart + 100ms));
  static_cast<void>(window.begin(kStart + 100ms));
  EXPECT_FALSE(window.has_room(kStart + 100ms)) << "its end is not counted twice";
}

TEST(StartWindow, CountsAsWrittenDownTheLongWay) {
  std::mt19937 random(8);
  StartWindow window(20);
  std::map<StartWindow::Ticket, TimePoint> running;
  TimePoint now = kStart;
  for (int step = 0; step < 5000; ++step) {
    now += std::chrono::milliseconds(random() % 8);
    std::size_t young = 0;
    for (const auto& [ticket, since] : running) young += now - since < 100ms ? 1 : 0;
    ASSERT_EQ(window.has_room(now), young < 20) << step;
    if (random() % 2 != 0) {
      if (young < 20) running.emplace(window.begin(now), now);
    } else if (!running.empty()) {
      const auto one = std::next(running.begin(), static_cast<long>(random() % running.size()));
      window.end(one->first);
      running.erase(one);
    }
  }
}

TEST(Lateness, AddsUpWhatIsMoreThanOrdinary) {
  Lateness lateness;
  lateness.woken(kStart, kStart + 9ms);
  lateness.woken(kStart + 5s, kStart + 1s);
  EXPECT_EQ(lateness.total(), 0s);
  lateness.woken(kStart, kStart + 40ms);
  lateness.woken(kStart, kStart + 90ms);
  EXPECT_EQ(lateness.total(), 130ms);
  EXPECT_TRUE(is_too_late(125ms, 500ms));
  EXPECT_FALSE(is_too_late(124ms, 500ms));
}

}  // namespace
}  // namespace evenkeel::checks
