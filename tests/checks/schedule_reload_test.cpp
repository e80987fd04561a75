// What a new list keeps, and what it starts anew.
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <set>

#include "checks/schedule.h"
#include "schedules.h"

namespace evenkeel::checks {
namespace {

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
    Standing not_down, down;
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
    const CheckList one = list_with_ids({{7, check(1), each.not_down, each.down}});
    static_cast<void>(schedule.configure(one, kStart));
    EXPECT_FALSE(schedule.is_first_round_done()) << "its first probe is still to come";
    EXPECT_EQ(run_next(schedule, each.reason), kStart);
    EXPECT_EQ(schedule.next(), kStart + each.gap)
        << to_string(each.not_down.health) << ' ' << each.not_down.against;
  }
}

TEST(Schedule, AfterARestartAServerThatFailsIsProbedAgainSoon) {
  Check slow = check(1);
  slow.interval = slow.fast_interval = 10s;
  slow.fall = 4;
  const Standing up{Health::Up, 0};
  Schedule schedule;
  static_cast<void>(schedule.configure(list_with_ids({{1, slow, up, up}}), kStart));
  Schedule passing = schedule;
  run_next(schedule, Reason::ConnectTimeout);
  EXPECT_EQ(schedule.next(), kStart + 1s);
  run_next(schedule, Reason::ConnectTimeout);
  EXPECT_EQ(schedule.next(), kStart + 2s);
  run_next(passing, Reason::Passed);
  run_next(passing, Reason::ConnectTimeout);
  EXPECT_EQ(passing.next(), kStart + 20s) << "it has been seen to work";
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
