#include "checks/schedule.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "schedules.h"

namespace evenkeel::checks {
namespace {

TEST(Schedule, TheFirstRoundIsSpreadEvenly) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(10), kStart));
  for (Slot id = 0; id < 10; ++id) {
    ASSERT_EQ(schedule.next(), kStart + id * 100ms);
    EXPECT_EQ(schedule.pop(*schedule.next()), start(id));
    EXPECT_FALSE(schedule.pop(kStart + id * 100ms));
    schedule.start(id, kStart + id * 100ms);
    schedule.finish(id, Reason::Passed);
    EXPECT_EQ(schedule.is_first_round_done(), id == 9);
  }
  EXPECT_EQ(schedule.next(), kStart + 2s);
  EXPECT_EQ(schedule.late(), 0U);
}

TEST(Schedule, TheSpreadIsNoWiderThanTheInterval) {
  std::vector<Check> checks = some(4);
  for (Check& one : checks) one.interval = 400ms;
  Schedule schedule;
  static_cast<void>(schedule.configure(list(checks), kStart));
  for (Slot id = 0; id < 4; ++id) {
    EXPECT_EQ(schedule.next(), kStart + id * 100ms);
    EXPECT_EQ(schedule.pop(*schedule.next()), start(id));
  }
}

TEST(Schedule, PhaseIsKeptHoweverLateThingsRun) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  TimePoint due = kStart;
  for (int round = 0; round < 1000; ++round) {
    ASSERT_EQ(schedule.next(), due);
    const TimePoint began = due + 137ms;
    ASSERT_EQ(schedule.pop(began), start(0));
    schedule.start(0, began);
    schedule.finish(0, Reason::Passed);
    due += 2s;
  }
  EXPECT_EQ(due, kStart + 2000s);
  EXPECT_EQ(schedule.late(), 0U);  // within a tenth of the interval
}

TEST(Schedule, AWholeIntervalLateIsLeftOutAndThePhaseStays) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(4), kStart));  // phases 0, 250, 500, 750 ms
  for (Slot id = 0; id < 4; ++id) run_next(schedule, Reason::Passed);
  // The host sleeps for 11.3 s. Due since 2 s: all are left out, and come in their order, not at
  // once.
  const TimePoint woken = kStart + 11'300ms;
  EXPECT_FALSE(schedule.pop(woken) == std::optional<Due>(start(0)));
  EXPECT_EQ(schedule.late(), 4U);
  std::vector<TimePoint> starts(4);
  for (TimePoint& one : starts) one = run_next(schedule, Reason::Passed);
  EXPECT_EQ(starts, (std::vector<TimePoint>{kStart + 12s, kStart + 12'250ms, kStart + 12'500ms,
                                            kStart + 12'750ms}));
}

TEST(Schedule, LessThanAnIntervalLateRunsAtOnceAndCountsAsLate) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  run_next(schedule, Reason::Passed);
  EXPECT_EQ(schedule.pop(kStart + 3'999ms), start(0));
  schedule.start(0, kStart + 3'999ms);
  schedule.finish(0, Reason::Passed);
  EXPECT_EQ(schedule.late(), 1U);
  EXPECT_EQ(schedule.next(), kStart + 4s);
}

TEST(Schedule, AFirstProbeWaitsForRoomIsNotLateAndTakesItsPhaseFromThen) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  ASSERT_EQ(schedule.pop(kStart + 7s), start(0)) << "however late it is";
  schedule.start(0, kStart + 7'300ms);
  schedule.finish(0, Reason::Passed);
  EXPECT_EQ(schedule.late(), 0U);
  EXPECT_EQ(schedule.next(), kStart + 9'300ms);
}

TEST(Schedule, TellsWhichChecksAreLateForThreeIntervals) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(2), kStart));  // phases 0 and 500 ms
  run_next(schedule, Reason::Passed);
  run_next(schedule, Reason::Passed);
  const auto round = [&](Duration lateness) {
    for (int i = 0; i < 2; ++i) {
      const TimePoint when = *schedule.next() + lateness;
      const auto due = schedule.pop(when);
      ASSERT_TRUE(due);
      schedule.start(due->slot, when);
      schedule.finish(due->slot, Reason::Passed);
    }
  };
  round(300ms);
  round(300ms);
  EXPECT_EQ(schedule.behind(*schedule.next()), 0U);
  round(300ms);
  EXPECT_EQ(schedule.behind(*schedule.next()), 2U);
  round(100ms);
  EXPECT_EQ(schedule.behind(*schedule.next()), 0U);
  // A probe that waits for room, and probes that were left out.
  const TimePoint due = *schedule.next();
  ASSERT_EQ(schedule.pop(due), start(0));
  EXPECT_EQ(schedule.behind(due + 5'900ms), 0U);
  EXPECT_EQ(schedule.behind(due + 6s), 1U);
  EXPECT_FALSE(schedule.pop(due + 7s) == std::optional<Due>(start(1)));
  EXPECT_EQ(schedule.behind(due + 7s), 2U);
}

TEST(Schedule, WhoFailsBeforeAnythingIsKnownIsProbedAgainSoon) {
  std::vector<Check> checks = {check(1), check(2), check(3)};
  checks[0].fast_interval = 1'500ms;  // more than the second that it may be
  checks[1].fast_interval = 300ms;
  checks[1].timeout = 200ms;
  checks[2].interval = checks[2].fast_interval = 5s;
  checks[2].timeout = 3s;
  const std::vector<Duration> expected = {1s, 300ms, 3s};
  for (std::size_t i = 0; i < checks.size(); ++i) {
    Schedule schedule;
    static_cast<void>(schedule.configure(list({checks[i]}), kStart));
    run_next(schedule, Reason::ConnectTimeout);
    EXPECT_EQ(schedule.next(), kStart + expected[i]);
    run_next(schedule, Reason::ConnectTimeout);
    EXPECT_EQ(schedule.next(), kStart + 2 * expected[i]);
    Schedule other = schedule;
    run_next(schedule, Reason::ConnectTimeout);
    EXPECT_EQ(schedule.next(), kStart + 2 * expected[i] + checks[i].down_interval);
    run_next(other, Reason::Passed);
    EXPECT_EQ(other.next(), kStart + 2 * expected[i] + checks[i].fast_interval);
  }
}

TEST(Schedule, ANewServerThatFailsOnceRisesAtTheFastPace) {
  Schedule schedule;
  std::vector<Check> checks = {check(1)};
  checks[0].rise = 3;
  static_cast<void>(schedule.configure(list(checks), kStart));
  run_next(schedule, Reason::ConnectRefused);  // main takes it for down, unless it was adopted
  EXPECT_EQ(run_next(schedule, Reason::Passed), kStart + 500ms);
  EXPECT_EQ(run_next(schedule, Reason::Passed), kStart + 1000ms);
  EXPECT_EQ(run_next(schedule, Reason::Passed), kStart + 1500ms);
  EXPECT_EQ(schedule.next(), kStart + 3500ms) << "up";
}

TEST(Schedule, TheTurnsOfTheLoopAreNoLateness) {
  for (const Duration interval : {10ms, 50ms, 99ms}) {
    Schedule schedule;
    std::vector<Check> checks = {check(1)};
    checks[0].interval = checks[0].fast_interval = interval;
    static_cast<void>(schedule.configure(list(checks), kStart));
    TimePoint now = kStart;
    for (int turn = 0; turn < 1000; ++turn) {
      now += turn % 2 == 0 ? 2 * kTurn : kTurn;
      while (const auto due = schedule.pop(now)) {
        schedule.start(due->slot, now);
        schedule.finish(due->slot, Reason::Passed);
      }
      ASSERT_EQ(schedule.behind(now), 0U) << interval.count();
    }
  }
  // A stall is, as soon as it is three intervals and three times what cannot be helped.
  Schedule schedule;
  std::vector<Check> checks = {check(1)};
  checks[0].interval = 10ms;
  static_cast<void>(schedule.configure(list(checks), kStart));
  run_next(schedule, Reason::Passed);
  const TimePoint due = *schedule.next();
  EXPECT_EQ(schedule.behind(due + 6 * kTurn - 1ms), 0U);
  EXPECT_EQ(schedule.behind(due + 6 * kTurn), 1U);
}

TEST(Schedule, WhoseTimeoutWasOursIsProbedAgainSoonUnlessItIsKnown) {
  for (const bool is_known : {false, true}) {
    Schedule schedule;
    static_cast<void>(schedule.configure(pool(1), kStart));
    if (is_known) run_next(schedule, Reason::Passed);
    const TimePoint when = *schedule.next();
    ASSERT_TRUE(schedule.pop(when));
    schedule.start(0, when);
    EXPECT_EQ(schedule.finish(0, Reason::ConnectTimeout, true), Reason::LocalError);
    EXPECT_EQ(schedule.next(), when + (is_known ? Duration(2s) : Duration(500ms)));
  }
}

TEST(Schedule, OurLatenessExcusesATimeoutFallTimesInARow) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  const auto end = [&](Reason reason, bool is_our_lateness) {
    const TimePoint when = *schedule.next();
    EXPECT_TRUE(schedule.pop(when));
    schedule.start(0, when);
    return schedule.finish(0, reason, is_our_lateness);
  };
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(end(Reason::ConnectTimeout, true), Reason::LocalError);
    EXPECT_EQ(end(Reason::Deadline, true), Reason::Deadline);
    EXPECT_EQ(end(Reason::ConnectTimeout, true), Reason::ConnectTimeout) << "as long as it lasts";
    EXPECT_EQ(end(round == 0 ? Reason::Passed : Reason::ConnectTimeout, false),
              round == 0 ? Reason::Passed : Reason::ConnectTimeout);
  }
}

TEST(Schedule, AnAnswerThatNobodyHasLookedAtExtendsTheDeadlineOnce) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  for (int probe = 0; probe < 2; ++probe) {
    const TimePoint begin = *schedule.next();
    ASSERT_EQ(schedule.pop(begin), start(0));
    const TimePoint deadline = schedule.start(0, begin);
    ASSERT_EQ(schedule.pop(deadline), (Due{Due::What::Expire, 0}));
    EXPECT_TRUE(schedule.extend(0, deadline + 10ms));
    EXPECT_EQ(schedule.next(), deadline + 10ms);
    ASSERT_EQ(schedule.pop(deadline + 10ms), (Due{Due::What::Expire, 0}));
    EXPECT_FALSE(schedule.extend(0, deadline + 20ms));
    EXPECT_FALSE(schedule.next());
    schedule.finish(0, Reason::Passed);
  }
}

TEST(Schedule, AfterAStallOneProbeARoundAlsoAtAFastPace) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  run_next(schedule, Reason::Passed);  // due at 2 s
  const TimePoint woken = kStart + 3'900ms;
  ASSERT_EQ(schedule.pop(woken), start(0));
  schedule.start(0, woken);
  schedule.finish(0, Reason::HttpStatus);  // 500 ms from now on, counted from when it was due
  EXPECT_FALSE(schedule.pop(woken));
  EXPECT_GT(*schedule.next(), woken);
}

TEST(Schedule, ADeadlineIsOneTimerAndLeavesNothingBehind) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  ASSERT_EQ(schedule.pop(kStart), start(0));
  EXPECT_FALSE(schedule.next());  // Ready: waits for start()
  EXPECT_EQ(schedule.start(0, kStart + 10ms), kStart + 1'010ms);
  EXPECT_EQ(schedule.next(), kStart + 1'010ms);
  EXPECT_FALSE(schedule.pop(kStart + 1'009ms));
  EXPECT_EQ(schedule.pop(kStart + 1'010ms), (Due{Due::What::Expire, 0}));
  EXPECT_FALSE(schedule.next());
  schedule.finish(0, Reason::ConnectTimeout);
  EXPECT_EQ(schedule.next(), kStart + 500ms);  // it may be in use
}

TEST(Schedule, ThePaceFollowsTheVerdict) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  TimePoint before = run_next(schedule, Reason::Passed);
  const auto gap_to_next = [&](Reason reason) {
    const TimePoint when = run_next(schedule, reason);
    return when - std::exchange(before, when);
  };
  EXPECT_EQ(gap_to_next(Reason::Passed), 2s);
  EXPECT_EQ(gap_to_next(Reason::HttpStatus), 2s);
  EXPECT_EQ(gap_to_next(Reason::HttpStatus), 500ms);  // falling
  EXPECT_EQ(gap_to_next(Reason::Passed), 500ms);
  EXPECT_EQ(gap_to_next(Reason::HttpStatus), 2s);  // steady again
  EXPECT_EQ(gap_to_next(Reason::HttpStatus), 500ms);
  EXPECT_EQ(gap_to_next(Reason::HttpStatus), 500ms);
  EXPECT_EQ(gap_to_next(Reason::HttpStatus), 10s);  // down
  EXPECT_EQ(gap_to_next(Reason::Passed), 10s);
  EXPECT_EQ(gap_to_next(Reason::Passed), 500ms);  // rising
  EXPECT_EQ(gap_to_next(Reason::LocalError), 2s);
  EXPECT_EQ(gap_to_next(Reason::Passed), 2s);
}

}  // namespace
}  // namespace evenkeel::checks
