// Leaving as planned (vrrp/README.md): make before break; and coming back: resume, release.
#include <gtest/gtest.h>

#include "driven_instance.h"
#include "vrrp/predecessor.h"

namespace evenkeel::vrrp {
namespace {

const Leave kFailover{LeaveFor::Failover};

/// A Master (since 3609375us) that has left at 4 s.
DrivenInstance leaving(const Leave& leave, InstanceConfig config = some_config()) {
  DrivenInstance router = DrivenInstance::master(std::move(config));
  router.at(4s).on(leave);
  return router;
}

TEST(InstanceLeaving, SaysSoAndKeepsItsAddresses) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(4s).on(Leave{}), "advertise 0");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.reason(), Reason::Leaving);
  EXPECT_TRUE(router.status().is_leaving);
  // One interval less 1/256, and 200 ms; no advertisement, no announcement before that.
  EXPECT_EQ(router.deadline(), 5196093750ns);
}

TEST(InstanceLeaving, AStopEndsWhenTheNewMasterIsHeard) {
  DrivenInstance router = leaving(Leave{});
  EXPECT_EQ(router.at(4610ms).hears(kLowAddress, 50), "remove");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::Stopped);
  EXPECT_FALSE(router.status().is_leaving);
  EXPECT_EQ(router.deadline(), std::nullopt);
  EXPECT_EQ(router.status().counters.left_master, 1U);
}

TEST(InstanceLeaving, AFailoverEndsAsBackupThatDoesNotPreempt) {
  DrivenInstance router = leaving(kFailover);
  router.on(ReadinessChanged{true});
  EXPECT_EQ(router.at(4610ms).hears(kLowAddress, 50, 2s), "remove");
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.reason(), Reason::HandedOver);
  EXPECT_TRUE(router.status().is_held);
  EXPECT_EQ(router.status().master, boost::asio::ip::make_address(kLowAddress));
  // It has learned the new Master's interval at once.
  EXPECT_EQ(router.status().master_down_interval, 7218750us);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.deadline(), 11828750us);
}

TEST(InstanceLeaving, TheHoldLastsUntilTheMasterFails) {
  DrivenInstance router = leaving(kFailover);
  router.on(ReadinessChanged{true});
  router.at(4610ms).hears(kLowAddress, 50);
  router.at(5610ms).hears(kLowAddress, 50);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.waits(), "install");  // it is silent
  EXPECT_EQ(router.now(), 9219375us);
  EXPECT_FALSE(router.status().is_held);
}

TEST(InstanceLeaving, TheHoldEndsByTheOperator) {
  DrivenInstance router = leaving(kFailover);
  router.on(ReadinessChanged{true});
  router.at(4610ms).hears(kLowAddress, 50);
  router.at(5000ms).on(HoldChanged{false});
  router.at(5610ms).hears(kLowAddress, 50);  // discarded
  router.waits();
  EXPECT_EQ(router.now(), 8219375us);
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

TEST(InstanceLeaving, AnOwnerThatWasToldToLeaveStaysAway) {
  InstanceConfig config = some_config();
  config.priority = 255;
  DrivenInstance router = DrivenInstance::master(config);
  router.at(4s).on(kFailover);
  router.at(4700ms).hears(kLowAddress, 50);
  router.at(5700ms).hears(kLowAddress, 50);
  EXPECT_EQ(router.status().master_down_interval, 3003906250ns);
  router.waits();
  EXPECT_EQ(router.deadline(), 8703906250ns);
  EXPECT_EQ(router.state(), State::Backup);
}

TEST(InstanceLeaving, AStopThatNobodyAnswersLeavesTheAddresses) {
  DrivenInstance router = leaving(Leave{});
  EXPECT_EQ(router.waits(), "abandon");
  EXPECT_EQ(router.now(), 5196093750ns);
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::LeftUnanswered);
  EXPECT_EQ(router.deadline(), std::nullopt);
}

TEST(InstanceLeaving, AFailoverThatNobodyTakesEndsAsMaster) {
  DrivenInstance router = leaving(kFailover);
  EXPECT_EQ(router.waits(), "advertise 100, install");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.reason(), Reason::NobodyAnswered);
  EXPECT_FALSE(router.status().is_leaving);
  EXPECT_FALSE(router.status().is_held);
  EXPECT_EQ(router.installed(), "announce");
  EXPECT_EQ(router.deadline(), 6196093750ns);
}

TEST(InstanceLeaving, WhatWasUnderWayIsNoAnswer) {
  DrivenInstance router = leaving(Leave{});
  EXPECT_EQ(router.at(4500ms).hears_late(kLowAddress, 50, 4s), "");
  EXPECT_TRUE(router.status().is_leaving);
  EXPECT_EQ(router.waits(), "abandon");
}

TEST(InstanceLeaving, NorIsPriorityZero) {
  DrivenInstance router = leaving(Leave{});
  EXPECT_EQ(router.at(4700ms).hears(kLowAddress, 0), "");
  EXPECT_EQ(router.waits(), "abandon");
}

// The final advertisement of a Master that we have just preempted: it will be Backup, and wait for
// its skew.
TEST(InstanceLeaving, AnAnswerSoonerThanHalfItsSkewMayBeALastWord) {
  DrivenInstance router = leaving(Leave{});
  EXPECT_EQ(router.at(4200ms).hears(kLowAddress, 150), "");  // skew of 150: 414 ms
  EXPECT_EQ(router.at(4420ms).hears(kLowAddress, 150), "remove");
  EXPECT_EQ(router.reason(), Reason::Stopped);
}

// Other Backups took its sender for the Master, and wait for a whole Master_Down_Interval.
TEST(InstanceLeaving, AfterALastWordItWaitsForThoseWhoBelievedIt) {
  DrivenInstance router = leaving(Leave{});
  router.at(4200ms).hears(kLowAddress, 150);
  EXPECT_EQ(router.waits(), "");
  EXPECT_EQ(router.now(), 5196093750ns);
  EXPECT_EQ(router.deadline(), 8196093750ns);
  EXPECT_EQ(router.at(7800ms).hears(kHighAddress, 90), "remove");
  EXPECT_EQ(router.reason(), Reason::Stopped);

  DrivenInstance alone = leaving(Leave{});
  alone.at(4200ms).hears(kLowAddress, 150);
  EXPECT_EQ(alone.waits(), "");
  EXPECT_EQ(alone.waits(), "abandon");
  EXPECT_EQ(alone.now(), 8196093750ns);
}

TEST(InstanceLeaving, NothingElseMovesIt) {
  DrivenInstance router = leaving(Leave{});
  EXPECT_EQ(router.on(kFailover), "");
  EXPECT_EQ(router.on(AddressLost{}), "");
  EXPECT_EQ(router.on(AddressesInstalled{}), "");
  EXPECT_EQ(router.on(AddressesInstalled{Installed::None}), "");
  EXPECT_EQ(router.on(SendRefused{}), "");
  EXPECT_EQ(router.on(AddressConflicted{}), "");
  EXPECT_EQ(router.on(GroupStepsDown{}), "");
  EXPECT_EQ(router.at(5s).expires(), "");
  EXPECT_EQ(router.deadline(), 5196093750ns);
}

TEST(InstanceLeaving, AStopDuringAFailoverStops) {
  DrivenInstance router = leaving(kFailover);
  EXPECT_EQ(router.at(4100ms).on(Leave{}), "");
  EXPECT_EQ(router.waits(), "abandon");
  EXPECT_EQ(router.now(), 5196093750ns);  // of the first
  EXPECT_EQ(router.reason(), Reason::LeftUnanswered);
}

TEST(InstanceLeaving, ALinkThatGoesDownEndsIt) {
  DrivenInstance router = leaving(Leave{});
  EXPECT_EQ(router.at(4100ms).on(InterfaceChanged{Reason::InterfaceDown, {}}), "remove");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::InterfaceDown);
  EXPECT_EQ(router.deadline(), std::nullopt);
  // It was about to stop: nothing begins again.
  EXPECT_EQ(router.at(5s).on(InterfaceChanged{std::nullopt, {}}), "");
  EXPECT_EQ(router.state(), State::Initialize);

  DrivenInstance failing_over = leaving(kFailover);
  EXPECT_EQ(failing_over.at(4100ms).on(InterfaceChanged{Reason::InterfaceDown, {}}), "remove");
  failing_over.at(5s).on(InterfaceChanged{std::nullopt, {}});
  EXPECT_EQ(failing_over.state(), State::Backup);
}

TEST(InstanceLeaving, AFailoverConcernsAMasterOnly) {
  DrivenInstance backup = DrivenInstance::backup();
  EXPECT_EQ(backup.on(kFailover), "");
  EXPECT_EQ(backup.state(), State::Backup);
  EXPECT_FALSE(backup.status().is_held);
  DrivenInstance unstarted;
  unstarted.on(kFailover);
  EXPECT_EQ(unstarted.reason(), Reason::NotStarted);
}

TEST(InstanceLeaving, AMasterThatIsStillInstallingLeavesLikewise) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  router.waits();
  EXPECT_EQ(router.on(Leave{}), "advertise 0");
  EXPECT_EQ(router.installed(), "");
  EXPECT_EQ(router.waits(), "abandon");
}

TEST(InstanceLeaving, WhoHasGivenUpStopsForGood) {
  DrivenInstance router = DrivenInstance::master();
  router.on(AddressesInstalled{Installed::None});
  EXPECT_TRUE(router.deadline());
  EXPECT_EQ(router.on(Leave{}), "");
  EXPECT_EQ(router.reason(), Reason::Stopped);
  EXPECT_EQ(router.deadline(), std::nullopt);
  EXPECT_EQ(router.at(1h).expires(), "");
  EXPECT_EQ(router.reason(), Reason::Stopped);
}

TEST(InstanceLeaving, LingersAsLongAsItsGroupNeeds) {
  DrivenInstance router = leaving(Leave{LeaveFor::Stop, 3s});
  EXPECT_EQ(router.deadline(), 7s);
  DrivenInstance shorter = leaving(Leave{LeaveFor::Stop, 1s});
  EXPECT_EQ(shorter.deadline(), 5196093750ns);
}

TEST(InstanceLeaving, AMemberOfAGroupWaitsForTheOthers) {
  DrivenInstance router(some_config(), true);
  router.starts();
  router.waits();
  router.waits();
  router.on(GroupTakesOver{});
  router.installed();
  router.at(4s).on(Leave{});
  EXPECT_EQ(router.at(4700ms).hears(kLowAddress, 50), "");
  EXPECT_TRUE(router.instance().has_successor());
  EXPECT_TRUE(router.status().is_leaving);
  EXPECT_EQ(router.at(4800ms).on(SuccessorsHeard{}), "remove");
  EXPECT_EQ(router.reason(), Reason::Stopped);
}

TEST(InstanceLeaving, AMemberThatWasAnsweredDoesNotWaitForEver) {
  DrivenInstance router(some_config(), true);
  router.starts();
  router.waits();
  router.waits();
  router.on(GroupTakesOver{});
  router.installed();
  router.at(4s).on(kFailover);
  router.at(4700ms).hears(kLowAddress, 50);
  EXPECT_EQ(router.waits(), "remove");
  EXPECT_EQ(router.now(), 5196093750ns);
  EXPECT_EQ(router.reason(), Reason::HandedOver);
}

// Resume.

constexpr TimePoint kNow{1h};

TEST(MayResume, AsMasterWithAddressesAndAFreshAdvertisement) {
  EXPECT_TRUE(may_resume({true, false, kNow, true}, 1s, kNow));
  EXPECT_TRUE(may_resume({true, false, kNow - 2499999999ns, true}, 1s, kNow));
  EXPECT_FALSE(may_resume({true, false, kNow - 2500ms, true}, 1s, kNow));
  EXPECT_TRUE(may_resume({true, false, kNow - 24999999ns, true}, 10ms, kNow));
  EXPECT_FALSE(may_resume({true, false, kNow - 25ms, true}, 10ms, kNow));
}

TEST(MayResume, NotWhatWasBackupOrHasNoAddresses) {
  EXPECT_FALSE(may_resume({false, false, kNow, true}, 1s, kNow));
  EXPECT_FALSE(may_resume({true, false, kNow, false}, 1s, kNow));
  EXPECT_FALSE(may_resume({}, 1s, kNow));
}

TEST(MayResume, ALoneNodeThatWasStoppedForAsLongAsTheAddressesAreThere) {
  EXPECT_TRUE(may_resume({false, true, kNow - 9s, true}, 1s, kNow));
  EXPECT_FALSE(may_resume({false, true, kNow - 9s, false}, 1s, kNow));
}

TEST(InstanceResume, MovesNothing) {
  DrivenInstance router;
  router.on(InterfaceChanged{std::nullopt, boost::asio::ip::make_address("192.0.2.5")});
  EXPECT_EQ(router.at(1s).on(Resume{}), "install, advertise 100");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.reason(), Reason::Resumed);
  EXPECT_EQ(router.deadline(), 2s);
  EXPECT_EQ(router.installed(), "announce");  // not a second advertisement
  EXPECT_EQ(router.deadline(), 2s);
}

TEST(InstanceResume, NotOnAnInterfaceThatIsGone) {
  DrivenInstance router;
  router.on(InterfaceChanged{Reason::InterfaceDown, {}});
  // The addresses survive a link flap: they would answer when it comes back.
  EXPECT_EQ(router.on(Resume{}), "remove");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::InterfaceDown);
  router.on(InterfaceChanged{std::nullopt, {}});
  EXPECT_EQ(router.state(), State::Backup);
}

// Too late to resume: the planned hand-over.

/// Begins at 10 s, after a Master of priority 100 (1 s) that spoke last at 10 s - `silence`.
DrivenInstance late(Duration silence, std::string& actions, ResumeLeaving event = {}) {
  DrivenInstance router;
  router.on(InterfaceChanged{std::nullopt, boost::asio::ip::make_address("192.0.2.5")});
  event.last_advertisement = DrivenInstance::kStart + 10s - silence;
  event.has_addresses = true;
  actions = router.at(10s).on(event);
  return router;
}

TEST(InstanceResumeLeaving, SaysPriorityZeroAndKeepsWhatIsThere) {
  std::string actions;
  DrivenInstance router = late(3s, actions);
  EXPECT_EQ(actions, "abandon, advertise 0");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.reason(), Reason::TooLateToResume);
  EXPECT_TRUE(router.status().is_leaving);
  EXPECT_EQ(router.deadline(), 11196093750ns);
  EXPECT_EQ(router.at(10700ms).hears(kLowAddress, 50), "remove");
  EXPECT_EQ(router.reason(), Reason::HandedOver);
  EXPECT_FALSE(router.status().is_held);  // nobody has asked for it
}

TEST(InstanceResumeLeaving, WhoHasDiedTwiceIsHeldAfterwards) {
  std::string actions;
  DrivenInstance router = late(3s, actions, {.purpose = LeaveFor::Failover});
  router.at(10700ms).hears(kLowAddress, 50);
  EXPECT_TRUE(router.status().is_held);
}

TEST(InstanceResumeLeaving, IsMasterAgainWhereNobodyAnswers) {
  std::string actions;
  DrivenInstance router = late(20s, actions);
  EXPECT_EQ(router.waits(), "advertise 100, install");
  EXPECT_EQ(router.reason(), Reason::NobodyAnswered);
  EXPECT_EQ(router.installed(), "announce");
}

TEST(InstanceResumeLeaving, AMasterThatHasMissedUsCountsAtOnce) {
  std::string actions;
  DrivenInstance router = late(3500ms, actions);
  EXPECT_EQ(router.at(10001ms).hears(kLowAddress, 200), "remove");  // down after 3.21875 s
  EXPECT_EQ(router.status().master, boost::asio::ip::make_address(kLowAddress));
  DrivenInstance queued = late(3500ms, actions);
  EXPECT_EQ(queued.at(10001ms).hears_late(kLowAddress, 200, 9999ms), "remove");
}

// It cannot have taken over by its own timer: it may be the final advertisement of a Master that
// gives way.
TEST(InstanceResumeLeaving, AnEarlierOneCountsAsInAnyHandOver) {
  std::string actions;
  DrivenInstance router = late(2600ms, actions);
  EXPECT_EQ(router.at(10001ms).hears(kLowAddress, 50), "");
  EXPECT_EQ(router.at(10500ms).hears(kLowAddress, 50), "remove");
}

TEST(InstanceResumeLeaving, EndsBeforeItsLeaseDoes) {
  InstanceConfig config = some_config();
  config.advertisement_interval = 40s;
  DrivenInstance router(config);
  router.on(InterfaceChanged{std::nullopt, boost::asio::ip::make_address("192.0.2.5")});
  router.at(10s).on(
      ResumeLeaving{.last_advertisement = DrivenInstance::kStart - 100s, .has_addresses = true});
  EXPECT_EQ(router.waits(), "advertise 100, install");
  EXPECT_EQ(router.now(), 19s);
}

TEST(InstanceResumeLeaving, AMemberWithoutAddressesHoldsNone) {
  DrivenInstance router(some_config(), true);
  router.on(InterfaceChanged{std::nullopt, {}});
  EXPECT_EQ(router.at(10s).on(ResumeLeaving{.at_least = 3s}), "advertise 0");
  EXPECT_TRUE(router.status().is_leaving);
  EXPECT_EQ(router.deadline(), 13s);
  EXPECT_EQ(router.waits(), "advertise 100, install");
}

TEST(InstanceResumeLeaving, NotOnAnInterfaceThatIsGone) {
  DrivenInstance router;
  router.on(InterfaceChanged{Reason::InterfaceDown, {}});
  EXPECT_EQ(router.on(ResumeLeaving{.has_addresses = true}), "remove");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::InterfaceDown);
}

TEST(InstanceResumeLeaving, AFailoverMeanwhileIsOne) {
  std::string actions;
  DrivenInstance router = late(3s, actions);
  EXPECT_EQ(router.on(kFailover), "");
  router.at(10700ms).hears(kLowAddress, 50);
  EXPECT_TRUE(router.status().is_held);
}

TEST(InstanceResume, AMemberOfAGroupResumesTheSame) {
  DrivenInstance router(some_config(), true);
  router.on(InterfaceChanged{std::nullopt, {}});
  EXPECT_EQ(router.on(Resume{}), "install, advertise 100");
  EXPECT_EQ(router.state(), State::Master);
}

}  // namespace
}  // namespace evenkeel::vrrp
