#include "daemon/units/unit_judge.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using vrrp::TrackResult;
using vrrp::TrackState;

/// "fails: inactive", "holds", "cannot run, stale: why"
std::string text(const TrackResult& result) {
  std::string text(to_string(result.state));
  if (result.is_stale) text += ", stale";
  return result.reason.empty() ? text : text + ": " + result.reason;
}
std::string judged(const UnitView& unit, const TrackResult& before = {}) {
  return text(judge(unit, before));
}

TEST(UnitJudge, AUnitHoldsWhileItIsActive) {
  EXPECT_EQ(judged({.state = UnitState::Active}), "holds");
  EXPECT_EQ(judged({.state = UnitState::Reloading}), "holds");
  EXPECT_EQ(judged({.state = UnitState::Refreshing}), "holds");
  EXPECT_EQ(judged({.state = UnitState::Inactive}), "fails: inactive");
  EXPECT_EQ(judged({.state = UnitState::Failed}), "fails: failed");
  EXPECT_EQ(judged({.state = UnitState::Activating}), "fails: activating");
  EXPECT_EQ(judged({.state = UnitState::Deactivating}), "fails: deactivating");
  EXPECT_EQ(judged({.state = UnitState::Maintenance}), "fails: maintenance");
}

TEST(UnitJudge, BeforeTheFirstLookNothingIsKnown) {
  EXPECT_EQ(judged({}), "unknown");
  EXPECT_EQ(judged({.is_lost = true}), "unknown");
}

TEST(UnitJudge, ALookThatCannotRunIsNoFailure) {
  EXPECT_EQ(judged({.state = UnitState::Active, .problem = "look: exit status 1: no\x01 bus"}),
            "cannot run: look: exit status 1: no\\x01 bus");
}

TEST(UnitJudge, WhatIsLostMakesItStale) {
  const TrackResult before{.state = TrackState::Fails, .reason = "failed"};
  EXPECT_EQ(judged({.state = UnitState::Failed, .problem = "lost", .is_lost = true}, before),
            "fails, stale: failed");
  EXPECT_EQ(judged({.state = UnitState::Active},
                   {.state = TrackState::Fails, .is_stale = true, .reason = "failed"}),
            "holds");
}

TEST(UnitJudge, OneThatStartsWithItsMasterHoldsElsewhere) {
  const auto of_backup = [](UnitState state) {
    return judged({.state = state, .has_owner = true});
  };
  EXPECT_EQ(of_backup(UnitState::Inactive), "holds: inactive");
  EXPECT_EQ(of_backup(UnitState::Deactivating), "holds: deactivating");
  EXPECT_EQ(of_backup(UnitState::Active), "holds");
  EXPECT_EQ(of_backup(UnitState::Failed), "holds: failed") << "as some do when they are stopped";
  EXPECT_EQ(judged({.state = UnitState::Failed, .has_owner = true, .has_failed_here = true}),
            "fails: failed");
  EXPECT_EQ(judged({.state = UnitState::Inactive, .has_owner = true, .has_failed_here = true}),
            "fails: inactive");
  const auto of_master = [](UnitState state, bool is_starting) {
    return judged(
        {.state = state, .has_owner = true, .is_wanted = true, .is_starting = is_starting});
  };
  EXPECT_EQ(of_master(UnitState::Inactive, true), "holds: inactive");
  EXPECT_EQ(of_master(UnitState::Failed, true), "holds: failed");
  EXPECT_EQ(of_master(UnitState::Inactive, false), "fails: inactive");
  EXPECT_EQ(of_master(UnitState::Activating, false), "fails: activating");
}

TEST(ControlGroupOfAUnit, IsWhatSystemdSaysOrBelowItsSlice) {
  EXPECT_EQ(control_group_of("a.service", "/system.slice/a.service"), "/system.slice/a.service");
  EXPECT_EQ(control_group_of("a.service", "system.slice"), "/system.slice/a.service");
  EXPECT_EQ(control_group_of("a@1.service", "system-a.slice"),
            "/system.slice/system-a.slice/a@1.service");
  EXPECT_EQ(control_group_of("a.service", "x-y-z.slice"),
            "/x.slice/x-y.slice/x-y-z.slice/a.service");
  EXPECT_EQ(control_group_of("a.service", "-.slice"), "/a.service");
  for (const char* const said : {"", ".slice", "what is this", "../../etc.slice"}) {
    EXPECT_EQ(control_group_of("a.service", said), "/system.slice/a.service") << said;
  }
}

}  // namespace
}  // namespace evenkeel::daemon
