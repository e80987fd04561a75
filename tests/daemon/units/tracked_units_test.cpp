// Units that tracks follow: when they are looked at, and the results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/units/driven_units.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const HookOwner kWeb = instance_owner("web");

class TrackedUnitsTest : public testing::Test, protected DrivenUnits {
 protected:
  TrackedUnitsTest() { control_.configure({{"a.service", {.is_followed = true}}}); }

  /// The notices.
  std::vector<std::string> end(RunEnded ended) {
    std::vector<std::string> lines;
    for (const Notice& each : DrivenUnits::ended(ended)) {
      lines.push_back(each.text);
    }
    return lines;
  }
  std::vector<std::string> end(const std::string& line) {
    RunEnded ended;
    ended.last_line = line;
    return end(ended);
  }
  /// "fails: inactive"
  std::vector<std::string> results() {
    std::vector<std::string> lines;
    for (const vrrp::NamedTrackResult& each : control_.take_results()) {
      EXPECT_EQ(each.kind, vrrp::TrackKind::Unit);
      EXPECT_EQ(each.name, "a.service");
      lines.push_back(std::string(to_string(each.result.state)) +
                      (each.result.is_stale ? ", stale" : "") +
                      (each.result.reason.empty() ? "" : ": " + each.result.reason));
    }
    return lines;
  }
  /// It was looked at and is active, its place is known, and nothing happens.
  void settle() {
    begun();
    end("active");
    begun();
    end("/system.slice/a.service");
    begun(200ms);
    end("active");
    static_cast<void>(control_.take_results());
    ASSERT_THAT(begun(), IsEmpty());
  }
  void change() { control_.has_changed("a.service", now_); }
};

TEST_F(TrackedUnitsTest, ItIsLookedAtThenItsPlaceIsAsked) {
  EXPECT_THAT(results(), IsEmpty());
  ASSERT_THAT(begun(), ElementsAre("look a.service"));
  EXPECT_THAT(end("inactive"), IsEmpty()) << "the log has the track's line";
  EXPECT_THAT(results(), ElementsAre("fails: inactive"));
  ASSERT_THAT(begun(), ElementsAre("place a.service"));
  EXPECT_EQ(control_.control_group("a.service"), "");
  end("system-a.slice");
  EXPECT_EQ(control_.control_group("a.service"), "/system.slice/system-a.slice/a.service");
  ASSERT_THAT(begun(200ms), ElementsAre("look a.service")) << "what happened before the watch";
  end("inactive");
  EXPECT_EQ(control_.next_due(), now_ + UnitControl::kSteady);
  EXPECT_TRUE(control_.is_settled());
}

TEST_F(TrackedUnitsTest, AChangeIsLookedAtAtOnceAndConfirmed) {
  settle();
  now_ += 1s;
  change();
  EXPECT_EQ(control_.next_due(), now_);
  ASSERT_THAT(begun(), ElementsAre("look a.service"));
  end("active");  // systemd has not heard of it yet
  EXPECT_THAT(results(), IsEmpty());
  EXPECT_EQ(control_.next_due(), now_ + UnitControl::kPassing);
  ASSERT_THAT(begun(1s), ElementsAre("look a.service"));
  end("failed");
  EXPECT_THAT(results(), ElementsAre("fails: failed"));
  EXPECT_EQ(control_.next_due(), now_ + UnitControl::kSteady);
}

TEST_F(TrackedUnitsTest, AHundredChangesASecondAreFewLooks) {
  settle();
  int looks = 0;
  for (int i = 0; i < 1000; ++i) {
    now_ += 10ms;
    change();
    if (begun().empty()) continue;
    ++looks;
    end(i % 2 == 0 ? "active" : "activating");
  }
  EXPECT_LE(looks, 52 + 2) << "five a second, and its place each five";
  EXPECT_GE(looks, 40);
}

TEST_F(TrackedUnitsTest, AChangeDuringALookCounts) {
  settle();
  ASSERT_THAT(begun(5s), ElementsAre("look a.service"));
  change();
  EXPECT_THAT(begun(), IsEmpty());
  end("active");
  ASSERT_THAT(begun(200ms), ElementsAre("look a.service"));
  end("active");
  EXPECT_EQ(control_.next_due(), now_ + UnitControl::kPassing) << "and is confirmed";
}

TEST_F(TrackedUnitsTest, WhileItChangesItIsLookedAtEachSecond) {
  settle();
  change();
  begun(200ms);
  end("activating");
  EXPECT_THAT(results(), ElementsAre("fails: activating"));
  ASSERT_THAT(begun(1s), ElementsAre("look a.service"));
  end("active");
  EXPECT_THAT(results(), ElementsAre("holds"));
  now_ += 5s;
  begun();
  end("active");
  ASSERT_THAT(begun(), ElementsAre("place a.service")) << "it may have another slice";
  end("/other.slice/a.service");
  EXPECT_EQ(control_.control_group("a.service"), "/other.slice/a.service");
}

TEST_F(TrackedUnitsTest, WithoutSystemctlItCannotRun) {
  begun();
  RunEnded ended;
  ended.how = RunEnd::CannotRun;
  ended.number = ENOENT;
  ended.step = RunStep::Execute;
  EXPECT_THAT(end(ended), IsEmpty());
  EXPECT_THAT(results(),
              ElementsAre("cannot run: look: cannot run: execute: No such file or directory"));
  begun();
  end(ended);  // its place
  EXPECT_EQ(control_.control_group("a.service"), "/system.slice/a.service");
  begun(200ms);
  end(ended);
  EXPECT_THAT(results(), IsEmpty());
  EXPECT_EQ(control_.next_due(), now_ + UnitControl::kSteady);
  begun(5s);
  end("active");
  EXPECT_THAT(results(), ElementsAre("holds"));
}

TEST_F(TrackedUnitsTest, WithoutSystemdItCannotRun) {
  begun();
  RunEnded ended;
  ended.number = 1;
  ended.last_line = "System has not been booted with systemd as init system (PID 1).";
  end(ended);
  EXPECT_THAT(results(), ElementsAre("cannot run: look: exit status 1: System has not been booted "
                                     "with systemd as init system (PID 1)."));
}

TEST_F(TrackedUnitsTest, WhatIsLostWithTheSpawnerIsStale) {
  settle();
  begun(5s);
  RunEnded ended;
  ended.how = RunEnd::Lost;
  end(ended);
  EXPECT_THAT(results(), ElementsAre("holds, stale"));
  ASSERT_THAT(begun(1s), ElementsAre("look a.service"));
  end("active");
  EXPECT_THAT(results(), ElementsAre("holds"));
}

TEST_F(TrackedUnitsTest, AReloadKeepsWhatIsKnown) {
  settle();
  control_.configure({{"a.service", {.is_followed = true}}});
  EXPECT_THAT(begun(), IsEmpty());
  control_.configure({{"a.service", {.owner = kWeb}}});
  control_.configure({{"a.service", {.owner = kWeb, .is_followed = true}}});
  ASSERT_THAT(begun(), ElementsAre("look a.service")) << "it is a new track";
  end("active");
  EXPECT_THAT(results(), ElementsAre("holds"));
  control_.configure({});
  change();
  EXPECT_THAT(begun(1h), IsEmpty());
  EXPECT_EQ(control_.control_group("a.service"), "");
}

class OwnedTrackedUnitsTest : public TrackedUnitsTest {
 protected:
  OwnedTrackedUnitsTest() {
    control_.configure({{"a.service", {.owner = kWeb, .is_followed = true}}});
    begun();
    end("inactive");
    EXPECT_THAT(results(), ElementsAre("holds: inactive")) << "as on every backup";
    begun();
    end("system.slice");
  }
  /// Master; systemd was told to start it, and this is what is seen 200 ms later.
  void start(const std::string& state) {
    control_.want(kWeb, true);
    ASSERT_THAT(begun(), ElementsAre("look a.service"));
    end("inactive");
    ASSERT_THAT(begun(), ElementsAre("start a.service"));
    end("");
    ASSERT_THAT(begun(200ms), ElementsAre("look a.service"));
    end(state);
  }
};

TEST_F(OwnedTrackedUnitsTest, WhileItStartsItHoldsAndThenOnlyWhileItIsActive) {
  start("activating");
  EXPECT_THAT(results(), ElementsAre("holds: activating"));
  begun(10s);
  end("activating");
  EXPECT_THAT(results(), IsEmpty()) << "it takes its time";
  begun(1s);
  end("active");
  EXPECT_THAT(results(), ElementsAre("holds"));
  change();
  begun(1s);
  while (task_ != UnitTask::Look) {
    end("/system.slice/a.service");
    begun(200ms);
  }
  end("activating");
  EXPECT_THAT(results(), ElementsAre("fails: activating")) << "Restart= is at it";
}

TEST_F(OwnedTrackedUnitsTest, AStartWithoutEffectFailsAfterAWhile) {
  start("inactive");
  EXPECT_THAT(results(), IsEmpty()) << "its job may wait for others";
  begun(UnitControl::kStart);
  end("failed");
  EXPECT_THAT(results(), ElementsAre("fails: failed"));
  control_.want(kWeb, false);
  EXPECT_THAT(results(), IsEmpty()) << "as backup too: else it would come back, and fail again";
  begun();
  end("inactive");  // systemctl reset-failed
  EXPECT_THAT(results(), ElementsAre("holds: inactive"));
}

TEST_F(OwnedTrackedUnitsTest, AStartThatIsRefusedFailsAtOnce) {
  control_.want(kWeb, true);
  begun();
  end("inactive");
  begun();
  RunEnded ended;
  ended.number = 5;
  end(ended);
  begun(200ms);
  end("inactive");
  EXPECT_THAT(results(), ElementsAre("fails: inactive"));
  control_.want(kWeb, false);
  begun();
  end("inactive");
  EXPECT_THAT(results(), IsEmpty()) << "as backup too: else it would come back, and fail again";
}

TEST_F(OwnedTrackedUnitsTest, OneThatFailsWhenItIsStoppedHolds) {
  start("active");
  static_cast<void>(results());
  control_.want(kWeb, false);
  begun();
  end("active");
  begun();
  end("");
  begun(200ms);
  end("failed");
  EXPECT_THAT(results(), ElementsAre("holds: failed"));
}

TEST_F(OwnedTrackedUnitsTest, AStartThatEndsAfterAReloadIsNobodysAnyMore) {
  control_.want(kWeb, true);
  begun();
  end("inactive");
  EXPECT_THAT(begun(), ElementsAre("start a.service"));
  control_.configure({{"a.service", {.owner = {}, .is_followed = true}}});
  RunEnded ended;
  ended.how = RunEnd::Lost;
  EXPECT_THAT(control_.has_ended("a.service", UnitTask::Start, ended, now_), IsEmpty());
}

TEST_F(OwnedTrackedUnitsTest, OneThatSystemdStartsAlreadyIsAwaitedToo) {
  control_.want(kWeb, true);
  begun();
  end("activating");
  EXPECT_THAT(begun(), IsEmpty());
  begun(6s);
  end("failed");
  EXPECT_THAT(results(), ElementsAre("holds: activating", "fails: failed"));
}

}  // namespace
}  // namespace evenkeel::daemon
