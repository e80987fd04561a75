#include "daemon/units/unit_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/daemon/units/driven_units.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const HookOwner kWeb = instance_owner("web");

RunEnded said(const std::string& line) {
  RunEnded ended;
  ended.last_line = line;
  return ended;
}
RunEnded failed(int status, const std::string& line) {
  RunEnded ended = said(line);
  ended.number = status;
  return ended;
}
RunEnded lost() {
  RunEnded ended;
  ended.how = RunEnd::Lost;
  return ended;
}

class UnitControlTest : public testing::Test, protected DrivenUnits {
 protected:
  UnitControlTest() { control_.configure({{"a.service", {.owner = kWeb}}}); }

  std::vector<std::string> end(const RunEnded& ended, const std::string& unit = "a.service") {
    std::vector<std::string> lines;
    for (const Notice& each : DrivenUnits::ended(ended, unit)) {
      lines.push_back(std::string(to_string(each.level)) + ": " + each.text);
    }
    return lines;
  }
  [[nodiscard]] UnitStatus status() const { return control_.status(kWeb).at(0); }
  /// It is looked at and is in this state.
  void look(const std::string& state) {
    ASSERT_THAT(begun(), ElementsAre("look a.service"));
    end(said(state));
  }
};

TEST_F(UnitControlTest, UntilTheOwnersStateIsKnownNothingIsDone) {
  EXPECT_THAT(begun(1h), IsEmpty());
  EXPECT_EQ(control_.next_due(), std::nullopt);
  EXPECT_FALSE(status().has_failed);
  EXPECT_TRUE(control_.is_settled());
}

TEST_F(UnitControlTest, AMastersUnitIsStartedAndLookedAtUntilItIsActive) {
  control_.want(kWeb, true);
  EXPECT_FALSE(control_.is_settled());
  look("inactive");
  EXPECT_TRUE(status().has_failed);
  ASSERT_THAT(begun(), ElementsAre("start a.service"));
  EXPECT_THAT(end(said("")),
              ElementsAre("info: instance web: unit a.service: systemd was told to start it"));
  EXPECT_TRUE(control_.is_settled());
  EXPECT_THAT(begun(), IsEmpty());
  ASSERT_THAT(begun(200ms), ElementsAre("look a.service"));
  EXPECT_THAT(end(said("activating")),
              ElementsAre("info: instance web: unit a.service is activating"));
  EXPECT_TRUE(status().has_failed) << "it does not run yet";
  EXPECT_EQ(control_.next_due(), now_ + 1s);
  ASSERT_THAT(begun(1s), ElementsAre("look a.service"));
  EXPECT_THAT(end(said("active")), ElementsAre("info: instance web: unit a.service is active"));
  EXPECT_FALSE(status().has_failed);
  EXPECT_EQ(status().since, now_);
  EXPECT_EQ(control_.next_due(), now_ + 5s);
}

TEST_F(UnitControlTest, WhatIsAsWantedIsLeftAlone) {
  control_.want(kWeb, true);
  look("active");
  EXPECT_THAT(begun(), IsEmpty());
  control_.want(kWeb, true);  // a reload, a resume
  look("activating");
  EXPECT_THAT(begun(), IsEmpty());
  control_.want(kWeb, false);
  look("deactivating");
  EXPECT_THAT(begun(), IsEmpty());
  control_.want(kWeb, false);
  look("failed");
  EXPECT_THAT(begun(), IsEmpty());
}

TEST_F(UnitControlTest, ElsewhereItIsStopped) {
  for (const char* const state : {"active", "reloading", "activating"}) {
    control_.want(kWeb, false);
    look(state);
    EXPECT_THAT(begun(), ElementsAre("stop a.service")) << state;
    end(said(""));
    EXPECT_TRUE(status().has_failed) << "until it is seen to be inactive";
  }
  ASSERT_THAT(begun(200ms), ElementsAre("look a.service"));
  end(said("inactive"));
  EXPECT_FALSE(status().has_failed);
}

TEST_F(UnitControlTest, OneThatIsStoppingIsStartedAgain) {
  control_.want(kWeb, true);
  look("deactivating");
  EXPECT_THAT(begun(), ElementsAre("start a.service"));
}

TEST_F(UnitControlTest, OneThatEndsOnAMasterIsToldAndNotStartedByUs) {
  control_.want(kWeb, true);
  look("active");
  ASSERT_THAT(begun(5s), ElementsAre("look a.service"));
  EXPECT_THAT(end(said("failed")), ElementsAre("warning: instance web: unit a.service is failed"));
  EXPECT_TRUE(status().has_failed);
  ASSERT_THAT(begun(5s), ElementsAre("look a.service"));
  EXPECT_THAT(end(said("failed")), IsEmpty()) << "one line";
  EXPECT_THAT(begun(), IsEmpty());
}

TEST_F(UnitControlTest, AStartThatIsRefusedIsShownUntilTheUnitIsActive) {
  control_.want(kWeb, true);
  look("inactive");
  ASSERT_THAT(begun(), ElementsAre("start a.service"));
  const std::string problem = "start: exit status 5: Unit a.service not found.";
  EXPECT_THAT(end(failed(5, "Unit a.service not found.")),
              ElementsAre("warning: instance web: unit a.service: " + problem));
  begun(200ms);
  end(said("inactive"));
  EXPECT_EQ(status().problem, problem);
  begun(5s);
  end(said("active"));
  EXPECT_EQ(status().problem, "");
  EXPECT_FALSE(status().has_failed);
}

TEST_F(UnitControlTest, WithoutALookItIsStartedAllTheSame) {
  control_.want(kWeb, true);
  begun();
  EXPECT_THAT(end(failed(1, "Failed to connect to bus")),
              ElementsAre("warning: instance web: unit a.service: look: exit status 1: Failed to "
                          "connect to bus"));
  EXPECT_TRUE(status().has_failed);
  ASSERT_THAT(begun(), ElementsAre("start a.service"));
  end(said(""));
  begun(200ms);
  EXPECT_THAT(end(said("active")), IsEmpty());
  EXPECT_EQ(status().problem, "");
  begun(5s);
  EXPECT_THAT(end(said("what is this")), SizeIs(1));
  EXPECT_TRUE(status().has_failed) << "nobody knows";
}

TEST_F(UnitControlTest, AStateThatChangesWhileATaskRunsCounts) {
  control_.want(kWeb, true);
  look("inactive");
  ASSERT_THAT(begun(), ElementsAre("start a.service"));
  control_.want(kWeb, false);
  EXPECT_THAT(begun(), IsEmpty()) << "one at a time";
  end(said(""));
  look("activating");
  EXPECT_THAT(begun(), ElementsAre("stop a.service"));
}

TEST_F(UnitControlTest, WhatIsLostWithTheSpawnerIsDoneAgain) {
  control_.want(kWeb, true);
  begun();
  end(lost());
  EXPECT_FALSE(control_.is_settled());
  ASSERT_THAT(begun(1s), ElementsAre("look a.service"));
  end(said("inactive"));
  ASSERT_THAT(begun(), ElementsAre("start a.service"));
  end(lost());
  EXPECT_FALSE(control_.is_settled());
  ASSERT_THAT(begun(1s), ElementsAre("look a.service"));
  end(said("inactive"));
  EXPECT_THAT(begun(), ElementsAre("start a.service"));
}

TEST_F(UnitControlTest, AReloadForgetsWhatItDoesNotNameAndKeepsTheRest) {
  control_.want(kWeb, true);
  ASSERT_THAT(begun(), ElementsAre("look a.service"));
  control_.configure({{"b.service", {.owner = kWeb}}});
  EXPECT_THAT(end(said("inactive")), IsEmpty());
  EXPECT_THAT(begun(1h), IsEmpty()) << "of the new one nothing is wanted yet";
  ASSERT_THAT(control_.status(kWeb), SizeIs(1));
  EXPECT_EQ(status().unit, "b.service");
  control_.want(kWeb, false);
  begun();
  end(said("inactive"), "b.service");
  control_.configure({{"b.service", {.owner = kWeb}}});
  EXPECT_EQ(status().state, UnitState::Inactive);
}

TEST_F(UnitControlTest, OfManyAFewAtOnceAndLessOften) {
  std::map<std::string, UnitUse> units;
  for (int i = 0; i < 100; ++i) units[std::to_string(i) + ".service"].owner = kWeb;
  control_.configure(units);
  control_.want(kWeb, true);
  EXPECT_THAT(begun(), SizeIs(UnitControl::kAtOnce));
  EXPECT_EQ(control_.next_due(), std::nullopt) << "the end of one is waited for";
  end(said("active"), "0.service");
  EXPECT_THAT(begun(), SizeIs(1));
  control_.configure({{"0.service", {.owner = kWeb}}});
  EXPECT_EQ(control_.next_due(), std::nullopt);
  end(said("active"), "1.service");
  EXPECT_EQ(control_.next_due(), now_ + 10s);
}

}  // namespace
}  // namespace evenkeel::daemon
