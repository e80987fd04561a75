// RFC 9568 section 6.4.3 (Master), row by row, with the errata and what vrrp/README.md adds.
#include <gtest/gtest.h>

#include "driven_instance.h"

namespace evenkeel::vrrp {
namespace {

InstanceConfig owner() {
  InstanceConfig config = some_config();
  config.priority = 255;
  return config;
}

TEST(InstanceMaster, TheFirstAdvertisementWaitsForTheAddresses) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.at(3612375us).installed(), "advertise 100, announce");
  EXPECT_EQ(router.deadline(), 4612375us);
  EXPECT_EQ(router.waits(), "advertise 100, announce");
  EXPECT_EQ(router.deadline(), 5612375us);
}

TEST(InstanceMaster, TheFirstAdvertisementWaitsNoLongerThan20ms) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  router.waits();
  EXPECT_EQ(router.deadline(), 3629375us);
  EXPECT_EQ(router.waits(), "advertise 100");
  EXPECT_EQ(router.at(3700ms).installed(), "announce");
  EXPECT_EQ(router.deadline(), 4629375us);
}

TEST(InstanceMaster, OrHalfAnInterval) {
  InstanceConfig config = some_config();
  config.advertisement_interval = 10ms;
  DrivenInstance router = DrivenInstance::backup(config);
  router.waits();
  router.waits();
  EXPECT_EQ(router.now(), 36093750ns);
  EXPECT_EQ(router.deadline(), 41093750ns);
}

TEST(InstanceMaster, MasterAdvertisesAtItsInterval) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.waits(), "advertise 100, announce");
  EXPECT_EQ(router.now(), 4609375us);
  EXPECT_EQ(router.waits(), "advertise 100");
  EXPECT_EQ(router.now(), 5609375us);
  EXPECT_EQ(router.status().counters.advertisements_sent, 3U);
}

// Its sender has had the addresses: the neighbours may know them there.
TEST(InstanceMaster, MasterAnswersPriorityZeroAndAnnouncesAgain) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(4s).hears(kLowAddress, 0), "advertise 100, announce");
  EXPECT_EQ(router.status().counters.lower_priority_answered, 0U);
  EXPECT_EQ(router.deadline(), 5s);  // Adver_Timer begins anew
}

TEST(InstanceMaster, MasterGivesWayToABetterOne) {
  struct Row {
    const char* source;
    std::uint8_t priority;
  };
  for (const Row& row : {Row{kLowAddress, 101}, Row{kHighAddress, 100}, Row{kLowAddress, 255}}) {
    DrivenInstance router = DrivenInstance::master();
    // The final advertisement loses: who hears it announces its addresses again.
    EXPECT_EQ(router.at(4s).hears(row.source, row.priority), "advertise 100, remove");
    EXPECT_TRUE(router.reported());
    EXPECT_EQ(router.state(), State::Backup);
    EXPECT_EQ(router.reason(), Reason::BetterMaster);
    EXPECT_EQ(router.status().master, boost::asio::ip::make_address(row.source));
    EXPECT_EQ(router.status().counters.left_master, 1U);
    EXPECT_EQ(router.deadline(), 6609375us);
  }
}

TEST(InstanceMaster, AMasterThatGivesWayLearnsTheInterval) {
  DrivenInstance router = DrivenInstance::master();
  router.at(4s).hears(kHighAddress, 200, 3s);
  EXPECT_EQ(router.status().master_down_interval, 10828125us);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.deadline(), 14828125us);
}

TEST(InstanceMaster, AMasterThatHasNotSpokenGivesWayInSilence) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  router.waits();
  EXPECT_EQ(router.hears(kHighAddress, 200), "remove");
  EXPECT_EQ(router.at(4s).installed(), "");  // the writer's answer comes too late to matter
  EXPECT_EQ(router.state(), State::Backup);
}

TEST(InstanceMaster, MasterAnswersALowerPriorityOneAndAnnouncesAgain) {
  for (const std::uint8_t priority : std::initializer_list<std::uint8_t>{1, 99, 100}) {
    DrivenInstance router = DrivenInstance::master();
    EXPECT_EQ(router.at(4s).hears(kLowAddress, priority), "advertise 100, announce");
    EXPECT_EQ(router.state(), State::Master);
    // Within an interval of the takeover it may be the final advertisement of the Master before:
    // not counted.
    EXPECT_EQ(router.status().counters.lower_priority_answered, 0U);
    EXPECT_EQ(router.deadline(), 5s);
    EXPECT_EQ(router.at(4900ms).hears(kLowAddress, priority), "advertise 100");
    EXPECT_EQ(router.status().counters.lower_priority_answered, 1U);
  }
}

TEST(InstanceMaster, AnswersAreAtLeast10msApartAndAnnouncementsForThemASecond) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(4000ms).hears(kLowAddress, 50), "advertise 100, announce");
  EXPECT_EQ(router.at(4009ms).hears(kLowAddress, 50), "");
  EXPECT_EQ(router.at(4010ms).hears(kLowAddress, 50), "advertise 100");
  EXPECT_EQ(router.at(4999ms).hears(kLowAddress, 50), "advertise 100");
  EXPECT_EQ(router.at(5000ms).expires(), "announce");  // the second of the burst
  EXPECT_EQ(router.at(5010ms).hears(kLowAddress, 50), "advertise 100, announce");
}

TEST(InstanceMaster, AMasterThatHasNotSpokenAnswersNobody) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  router.waits();
  EXPECT_EQ(router.hears(kLowAddress, 50), "");
  EXPECT_EQ(router.hears(kLowAddress, 0), "");
  EXPECT_EQ(router.installed(), "advertise 100, announce");
}

TEST(InstanceMaster, TwoOwnersAreSettledByAddress) {
  DrivenInstance loser = DrivenInstance::master(owner());
  loser.at(2s).hears(kHighAddress, 255);
  EXPECT_EQ(loser.state(), State::Backup);
  DrivenInstance winner = DrivenInstance::master(owner());
  EXPECT_EQ(winner.at(2s).hears(kLowAddress, 255), "advertise 255, announce");
  EXPECT_EQ(winner.state(), State::Master);
}

TEST(InstanceMaster, OurOwnPriorityFromOurOwnAddressIsNobodyBetter) {
  DrivenInstance router = DrivenInstance::master();
  router.on(InterfaceChanged{std::nullopt, boost::asio::ip::make_address("192.0.2.5")});
  router.at(4s).hears("192.0.2.5", 100);
  EXPECT_EQ(router.state(), State::Master);
}

// A Master that was away.

TEST(InstanceMaster, ALateMasterGivesWayToWhoHasTakenOverHoweverSmall) {
  DrivenInstance router = DrivenInstance::master();  // advertised at 3609375us
  EXPECT_EQ(router.at(8s).hears_late(kLowAddress, 1, 7300ms), "remove");
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.reason(), Reason::LateMaster);
  EXPECT_EQ(router.status().worst_lateness, 3390625us);  // since 4609375us, for the log
  EXPECT_EQ(router.status().counters.late, 1U);
  EXPECT_EQ(router.status().master, boost::asio::ip::make_address(kLowAddress));
  // What is in the queue is old: it listens from now on.
  EXPECT_EQ(router.hears_late(kLowAddress, 1, 7900ms), "");
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.now(), 10609375us);
  EXPECT_EQ(router.deadline(), 11609375us);
}

// Who has been there all the time, on the other side of a split, has not heard us.
TEST(InstanceMaster, ALateMasterSaysItsLastWordToABetterOne) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(8s).hears_late(kLowAddress, 150, 7300ms), "advertise 100, remove");
  EXPECT_EQ(router.reason(), Reason::BetterMaster);
}

TEST(InstanceMaster, ALateMasterThatPreemptsListensFirst) {
  DrivenInstance router = DrivenInstance::master();
  router.on(ReadinessChanged{true});
  router.at(8s).hears_late(kLowAddress, 50, 7300ms);
  router.hears_late(kLowAddress, 50, 7900ms);
  EXPECT_EQ(router.expires(), "");
  EXPECT_EQ(router.deadline(), 11609375us);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

TEST(InstanceMaster, ALateMasterContinuesWhenNobodyHasTakenOver) {
  DrivenInstance router = DrivenInstance::master();
  // Its lease may have run out: the addresses are put back, and announced.
  EXPECT_EQ(router.at(30s).expires(), "advertise 100, install, announce");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.status().counters.late, 1U);
  EXPECT_EQ(router.status().worst_lateness, 25390625us);
  EXPECT_EQ(router.installed(), "announce");
}

TEST(InstanceMaster, LateBeforeItsFirstAdvertisementItGivesWayAsWell) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  ASSERT_EQ(router.waits(), "install");  // at 3609375us
  EXPECT_EQ(router.at(9s).hears_late(kLowAddress, 50, 7300ms), "remove");
  EXPECT_EQ(router.reason(), Reason::LateMaster);
}

TEST(InstanceMaster, WhatWasUnderWayBeforeItWasLateIsNoTakeover) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(8s).hears_late(kLowAddress, 50, 3600ms), "");
  EXPECT_EQ(router.state(), State::Master);
  // The next one in the queue was.
  EXPECT_EQ(router.hears_late(kLowAddress, 50, 7500ms), "remove");
}

TEST(InstanceMaster, AMasterIsLateAfterThreeIntervals) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(6609375us).hears(kLowAddress, 50), "advertise 100, announce");
  EXPECT_EQ(router.state(), State::Master);
  DrivenInstance late = DrivenInstance::master();
  EXPECT_EQ(late.at(6609376us).hears(kLowAddress, 50), "remove");
}

TEST(InstanceMaster, PriorityZeroMakesNoLateMasterGiveWay) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(8s).hears(kLowAddress, 0), "");
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.expires(), "advertise 100, install, announce");
}

}  // namespace
}  // namespace evenkeel::vrrp
