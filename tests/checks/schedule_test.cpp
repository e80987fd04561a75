#include "checks/schedule.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1000s};

Check check(std::uint16_t port) {
  Check result;
  result.probe = TcpCheck{};
  result.address = boost::asio::ip::make_address("192.0.2.1");
  result.port = port;
  result.interval = 2s;
  result.timeout = 1s;
  result.fast_interval = 500ms;
  result.down_interval = 10s;
  return result;
}

/// Their ids are their places.
CheckList list(const std::vector<Check>& checks) {
  std::vector<ListedCheck> result;
  for (const Check& each : checks) result.push_back({result.size(), each, {}, {}});
  return std::make_shared<const std::vector<ListedCheck>>(std::move(result));
}
CheckList list_with_ids(std::vector<ListedCheck> checks) {
  return std::make_shared<const std::vector<ListedCheck>>(std::move(checks));
}

std::vector<Check> some(std::uint16_t count) {
  std::vector<Check> checks;
  for (std::uint16_t port = 1; port <= count; ++port) checks.push_back(check(port));
  return checks;
}
CheckList pool(std::uint16_t count) {
  return list(some(count));
}

Due start(Slot id) {
  return {Due::What::Start, id};
}

/// Waits for the next start and makes the probe end at once; returns when it was.
TimePoint run_next(Schedule& schedule, Reason reason) {
  const TimePoint when = *schedule.next();
  const auto due = schedule.pop(when);
  EXPECT_TRUE(due && due->what == Due::What::Start);
  schedule.start(due->slot, when);
  schedule.finish(due->slot, reason);
  return when;
}

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

TEST(Schedule, AReloadKeepsWhatIsUnchanged) {
  Schedule schedule;
  Check second = check(2);
  Check third_check = check(3);
  second.fall = third_check.fall = 1;
  static_cast<void>(schedule.configure(list({check(1), second, third_check}), kStart));
  // 0, 333, 666 ms
  const Duration third = Duration(1s) * 1 / 3;
  run_next(schedule, Reason::Passed);                 // 0: up
  run_next(schedule, Reason::ConnectRefused);         // 1: down
  ASSERT_EQ(schedule.pop(kStart + 700ms), start(2));  // 2: running
  schedule.start(2, kStart + 700ms);

  Check changed = check(1);
  changed.timeout = 500ms;
  const CheckList reloaded = list_with_ids({{1, second, {}, {}},
                                            {2, third_check, {}, {}},
                                            {3, check(7), {}, {}},
                                            {4, changed, {}, {}},
                                            {5, check(8), {}, {}}});
  const auto successors = schedule.configure(reloaded, kStart + 800ms);
  EXPECT_EQ(successors, (std::vector<std::optional<Slot>>{std::nullopt, 0, 1}));
  EXPECT_FALSE(schedule.is_first_round_done());

  // New: slots 2, 3, 4, spread over a second. Kept: 1, still running, and 0 in its phase.
  EXPECT_EQ(schedule.pop(kStart + 800ms), start(2));
  EXPECT_EQ(schedule.next(), kStart + 800ms + third);
  EXPECT_EQ(schedule.pop(kStart + 800ms + third), start(3));
  EXPECT_EQ(schedule.next(), kStart + 800ms + third * 2);
  EXPECT_EQ(schedule.pop(kStart + 800ms + third * 2), start(4));
  EXPECT_EQ(schedule.next(), kStart + 1'700ms);
  EXPECT_EQ(schedule.pop(kStart + 1'700ms), (Due{Due::What::Expire, 1}));
  schedule.finish(1, Reason::Deadline);
  EXPECT_EQ(schedule.next(), kStart + third + 10s);  // 0: down_interval, from its own phase
  EXPECT_FALSE(schedule.is_first_round_done());
  for (const Slot slot : {2U, 3U, 4U}) {
    schedule.start(slot, kStart + 2s);
    schedule.finish(slot, Reason::Passed);
  }
  EXPECT_TRUE(schedule.is_first_round_done());
}

TEST(Schedule, AnEqualCheckWithAnotherIdIsAnother) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  run_next(schedule, Reason::Passed);
  const auto successors =
      schedule.configure(list_with_ids({{1, check(1), {}, {}}}), kStart + 100ms);
  EXPECT_EQ(successors, std::vector<std::optional<Slot>>{std::nullopt});
  EXPECT_FALSE(schedule.is_first_round_done());
}

TEST(Schedule, AReloadOfTimesAndLimitsKeepsTheCountOfMain) {
  Schedule schedule;
  static_cast<void>(schedule.configure(pool(1), kStart));
  run_next(schedule, Reason::Passed);
  Check patient = check(1);
  patient.fall = 5;
  const Standing up{Health::Up, 0};
  static_cast<void>(schedule.configure(list_with_ids({{1, patient, up, up}}), kStart + 1s));
  const TimePoint first = run_next(schedule, Reason::ConnectRefused);
  EXPECT_EQ(schedule.next(), first + 500ms);  // one of five: fast, and not down yet
}

/// As after the checks process was started again: main's counts go on.
TEST(Schedule, ANewListGoesOnWithTheHealthAndCountThatItHas) {
  struct Case {
    Standing in_use, as_new;
    Reason reason;
    Duration gap;
  };
  using enum Health;
  for (const Case& each :
       {Case{{Up, 2}, {Up, 2}, Reason::ConnectRefused, 10s},  // the third of three: down
        Case{{Up, 1}, {Up, 1}, Reason::ConnectRefused, 500ms},
        Case{{Up, 2}, {Up, 2}, Reason::Passed, 2s},
        Case{{Down, 0}, {Down, 0}, Reason::ConnectRefused, 10s},
        Case{{Down, 0}, {Down, 0}, Reason::Passed, 500ms},
        Case{{Down, 1}, {Down, 1}, Reason::Passed, 2s},            // the second of two: up
        Case{{Unknown, 1}, {Down, 0}, Reason::LocalError, 500ms},  // adopted, and it may fall
        Case{{Unknown, 2}, {Down, 0}, Reason::ConnectRefused, 10s},
        Case{{Unknown, 0}, {Unknown, 0}, Reason::ConnectRefused, 500ms}}) {
    Schedule schedule;
    const CheckList one = list_with_ids({{7, check(1), each.in_use, each.as_new}});
    static_cast<void>(schedule.configure(one, kStart));
    EXPECT_FALSE(schedule.is_first_round_done()) << "its first probe is still to come";
    EXPECT_EQ(run_next(schedule, each.reason), kStart);
    EXPECT_EQ(schedule.next(), kStart + each.gap)
        << to_string(each.in_use.health) << ' ' << each.in_use.against;
  }
}

TEST(Schedule, AnEmptyListIsDoneAndHasNothingToDo) {
  Schedule schedule;
  EXPECT_TRUE(schedule.is_first_round_done());
  static_cast<void>(schedule.configure(pool(3), kStart));
  EXPECT_FALSE(schedule.is_first_round_done());
  EXPECT_EQ(schedule.configure(pool(0), kStart).size(), 3U);
  EXPECT_TRUE(schedule.is_first_round_done());
  EXPECT_FALSE(schedule.next());
  EXPECT_FALSE(schedule.pop(kStart + 100s));
}

/// Random probes, delays and reloads against what the header promises.
TEST(Schedule, NeverOverlapsNeverDriftsNeverForgets) {
  constexpr std::uint16_t kKept = 20, kGoing = 10;
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    Schedule schedule;
    std::vector<ListedCheck> checks = *pool(kKept + kGoing);
    static_cast<void>(schedule.configure(list_with_ids(checks), kStart));
    std::set<Duration> phases;  // as spread, or as begun
    for (int id = 0; id < kKept + kGoing; ++id) phases.insert(Duration(1s) * id / (kKept + kGoing));
    std::set<Slot> running;
    std::map<CheckId, int> probes;
    TimePoint now = kStart;
    for (int step = 0; step < 3000; ++step) {
      now += std::chrono::milliseconds(random() % (step % 500 == 0 ? 9000 : 20));
      while (const auto due = schedule.pop(now)) {
        if (due->what == Due::What::Start) {
          ASSERT_TRUE(running.insert(due->slot).second);
          if (++probes[checks[due->slot].id] == 1) phases.insert((now - kStart) % 2s);
          schedule.start(due->slot, now);
        } else {
          ASSERT_EQ(running.erase(due->slot), 1U);
          schedule.finish(due->slot, Reason::Passed);
        }
      }
      for (auto slot = running.begin(); slot != running.end();) {
        if (random() % 4 == 0) {
          schedule.finish(*slot, Reason::Passed);
          slot = running.erase(slot);
        } else {
          ++slot;
        }
      }
      if (running.empty()) {  // then the next timer is a due time, in the phase of some check
        ASSERT_TRUE(phases.contains((*schedule.next() - kStart) % 2s));
      }
      if (step % 300 == 299) {  // a reload that takes one away: those after it get other slots
        checks.erase(checks.begin() + static_cast<std::ptrdiff_t>(random() % checks.size()));
        const auto successors = schedule.configure(list_with_ids(checks), now);
        std::set<Slot> moved;
        for (const Slot slot : running) {
          if (successors[slot]) moved.insert(*successors[slot]);
        }
        running = moved;
      }
    }
    ASSERT_EQ(checks.size(), kKept);
    for (const ListedCheck& each : checks) ASSERT_GT(probes[each.id], 5) << each.id;
  }
}

}  // namespace
}  // namespace evenkeel::checks
