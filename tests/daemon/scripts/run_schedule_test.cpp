#include "daemon/scripts/run_schedule.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using Key = RunSchedule::Key;
using TimePoint = RunSchedule::TimePoint;

constexpr TimePoint kStart{std::chrono::hours(1)};

struct Begun {
  Key key;
  TimePoint at;
};

/// The begins until `end`, of runs that take no time.
std::vector<Begun> run(RunSchedule& schedule, RunSchedule::Duration interval, TimePoint end) {
  std::vector<Begun> begun;
  for (auto next = schedule.next(); next && *next < end; next = schedule.next()) {
    const auto key = schedule.take_due(*next);
    begun.push_back({*key, *next});
    schedule.again(*key, interval, *next);
  }
  return begun;
}

/// The most begins in a window of this length.
std::size_t most_within(const std::vector<Begun>& begun, RunSchedule::Duration window) {
  std::size_t most = 0;
  for (std::size_t first = 0, last = 0; last < begun.size(); ++last) {
    while (begun[last].at - begun[first].at >= window) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

TEST(RunSchedule, EachRunsAtItsInterval) {
  RunSchedule schedule;
  for (Key key = 0; key < 10; ++key) schedule.add(key, 2s, kStart);
  const auto begun = run(schedule, 2s, kStart + 60s);
  for (Key key = 0; key < 10; ++key) {
    std::vector<TimePoint> of_it;
    for (const Begun& each : begun) {
      if (each.key == key) of_it.push_back(each.at);
    }
    ASSERT_GE(of_it.size(), 29U);
    EXPECT_LT(of_it[0], kStart + 1s);
    EXPECT_GE(of_it[1] - of_it[0], 1s);
    EXPECT_LE(of_it[1] - of_it[0], 2s);
    for (std::size_t i = 2; i < of_it.size(); ++i) EXPECT_EQ(of_it[i] - of_it[i - 1], 2s);
  }
}

TEST(RunSchedule, WhatWaitsIsCounted) {
  RunSchedule schedule;
  for (Key key = 0; key < 10; ++key) schedule.add(key, 1s, kStart);
  const auto late = [&](TimePoint now) {
    return schedule.late(now, [](Key key) { return key == 9 ? 3h : 1h; });
  };
  EXPECT_EQ(late(kStart + 10h), 0U) << "first runs take the time they take";
  while (const auto due = schedule.take_due(kStart + 1h)) schedule.again(*due, 1s, kStart + 1h);
  EXPECT_EQ(late(kStart + 1h + 5s), 0U) << "due, and not late";
  EXPECT_EQ(late(kStart + 2h + 5s), 9U);
  EXPECT_EQ(late(kStart + 4h + 5s), 10U);
}

TEST(RunSchedule, RunsAreSpread) {
  RunSchedule schedule;
  for (Key key = 0; key < 500; ++key) schedule.add(key, 10s, kStart);
  const auto begun = run(schedule, 10s, kStart + 60s);
  const std::vector<Begun> first(begun.begin(), begun.begin() + 500);
  EXPECT_LE(most_within(first, 100ms), 60U) << "500 in a second";
  const auto later = std::find_if(begun.begin(), begun.end(),
                                  [](const Begun& each) { return each.at > kStart + 30s; });
  EXPECT_LE(most_within({later, begun.end()}, 1s), 70U) << "500 in ten seconds";
}

TEST(RunSchedule, OneThatRunsIsNotDue) {
  RunSchedule schedule;
  schedule.add(7, 1s, kStart);
  EXPECT_EQ(schedule.take_due(kStart), 7U);
  EXPECT_EQ(schedule.take_due(kStart + 1h), std::nullopt);
  EXPECT_EQ(schedule.next(), std::nullopt);
  schedule.again(7, 1s, kStart + 5s);
  EXPECT_EQ(schedule.next(), kStart + 5s) << "what it has missed is not made up for";
}

TEST(RunSchedule, OneThatIsGoneIsNotDue) {
  RunSchedule schedule;
  schedule.add(1, 1s, kStart);
  schedule.add(2, 1s, kStart);
  EXPECT_EQ(schedule.take_due(kStart + 1s), 1U);
  schedule.remove(1);
  schedule.remove(2);
  schedule.again(1, 1s, kStart + 1s);
  EXPECT_EQ(schedule.next(), std::nullopt);
}

}  // namespace
}  // namespace evenkeel::daemon
