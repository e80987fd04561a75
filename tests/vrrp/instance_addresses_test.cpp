// What happens to the virtual addresses: refused, removed by others, in conflict with others; and
// what the kernel refuses to send.
#include <gtest/gtest.h>

#include "driven_instance.h"

namespace evenkeel::vrrp {
namespace {

InstanceConfig respectful() {
  InstanceConfig config = some_config();
  config.address_conflict = AddressConflict::Refuse;
  return config;
}

// Refused by the kernel.

TEST(Addresses, AMasterWhoseAddressesAreRefusedGivesUpInSilence) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  router.waits();
  EXPECT_EQ(router.on(AddressesInstalled{Installed::None}), "remove");  // some of them may be there
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::AddressesRefused);
  EXPECT_EQ(router.deadline(), 8609375us);  // tries again in 5 s
  EXPECT_EQ(router.waits(), "");
  EXPECT_EQ(router.state(), State::Backup);
}

TEST(Addresses, OrReleasesWhatItHasAdvertised) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  router.waits();
  EXPECT_EQ(router.waits(), "advertise 100");  // the writer takes too long
  EXPECT_EQ(router.on(AddressesInstalled{Installed::None}), "advertise 0, remove");
}

TEST(Addresses, WhoHadToGiveUpTakesNothingAwayFromAMaster) {
  DrivenInstance router = DrivenInstance::backup();
  router.on(ReadinessChanged{true});
  router.waits();
  router.waits();
  router.on(AddressesInstalled{Installed::None});
  router.waits();
  EXPECT_TRUE(router.status().is_held);
  router.at(9s).hears(kLowAddress, 50);
  EXPECT_EQ(router.deadline(), 11609375us);  // accepted, though its priority is lower
}

TEST(Addresses, WhatAReloadHasAddedAndTheKernelRefusesCostsNothing) {
  DrivenInstance router = DrivenInstance::master();
  InstanceConfig more = some_config();
  more.extra_addresses = {{boost::asio::ip::make_address("192.0.2.77"), 32}};
  EXPECT_EQ(router.at(4s).on(Reconfigured{more}), "install");
  EXPECT_EQ(router.on(AddressesInstalled{Installed::AllButNew}), "announce");
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_FALSE(router.status().is_held);
  EXPECT_EQ(router.deadline(), 4609375us);                 // the advertisements go on
  EXPECT_EQ(router.on(AddressesInstalled{}), "announce");  // at last
}

TEST(Addresses, SomeAreBetterThanNoneWhereTheMasterIsSilent) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  router.waits();
  EXPECT_EQ(router.on(AddressesInstalled{Installed::Some}), "advertise 100, announce");
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.on(AddressesInstalled{}), "announce");  // at last
}

TEST(Addresses, WhoPreemptsGivesWayToThePeerThatIsBetterOff) {
  DrivenInstance router = DrivenInstance::backup();
  router.on(ReadinessChanged{true});
  router.at(1s).hears(kLowAddress, 50);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::Preempting);
  EXPECT_EQ(router.on(AddressesInstalled{Installed::Some}), "remove");
  EXPECT_EQ(router.reason(), Reason::AddressesRefused);
  EXPECT_EQ(router.waits(), "");  // Backup again: and now nobody is heard
  router.waits();
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.on(AddressesInstalled{Installed::Some}), "advertise 100, announce");
}

TEST(Addresses, TheVirtualOnesAreAnnouncedBeforeThousandsOfOthers) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.on(VirtualAddressesInstalled{}), "advertise 100, announce");
  EXPECT_TRUE(router.instance().is_installing());
  EXPECT_EQ(router.on(AddressesInstalled{}), "announce");
  EXPECT_EQ(router.on(VirtualAddressesInstalled{}), "") << "too late";
}

// The Master before has removed them when it heard us.
TEST(Addresses, WhoHasAdvertisedKeepsWhatItHas) {
  DrivenInstance released = DrivenInstance::backup();
  released.at(1s).hears(kHighAddress, 200);
  released.at(1500ms).hears(kHighAddress, 0);
  EXPECT_EQ(released.waits(), "install");
  EXPECT_EQ(released.reason(), Reason::MasterReleased);
  EXPECT_EQ(released.on(VirtualAddressesInstalled{}), "advertise 100, announce");
  EXPECT_EQ(released.on(AddressesInstalled{Installed::Some}), "announce");  // an extra one is not
  EXPECT_EQ(released.state(), State::Master);

  DrivenInstance unanswered = DrivenInstance::master();
  unanswered.at(4s).on(Leave{LeaveFor::Failover});
  EXPECT_EQ(unanswered.waits(), "advertise 100, install");
  EXPECT_EQ(unanswered.on(AddressesInstalled{Installed::Some}), "announce");
  EXPECT_EQ(unanswered.state(), State::Master);

  DrivenInstance robbed = DrivenInstance::master();
  EXPECT_EQ(robbed.at(4s).on(AddressLost{}), "install");
  EXPECT_EQ(robbed.on(AddressesInstalled{Installed::Some}), "announce");
  EXPECT_EQ(robbed.state(), State::Master);
}

// But the Master that is preempted has let go of all for us.
TEST(Addresses, WhoPreemptsGivesWayAlsoAfterItsFirstAdvertisement) {
  const auto preempting = [] {
    DrivenInstance router = DrivenInstance::backup();
    router.on(ReadinessChanged{true});
    router.at(1s).hears(kLowAddress, 50);
    EXPECT_EQ(router.waits(), "install");
    EXPECT_EQ(router.reason(), Reason::Preempting);
    EXPECT_EQ(router.on(VirtualAddressesInstalled{}), "advertise 100, announce");
    return router;
  };
  DrivenInstance refused = preempting();
  EXPECT_EQ(refused.on(AddressesInstalled{Installed::Some}), "advertise 0, remove");
  EXPECT_EQ(refused.reason(), Reason::AddressesRefused);

  DrivenInstance robbed = preempting();  // long after, the peer is not known to have any
  EXPECT_EQ(robbed.on(AddressesInstalled{}), "announce");
  EXPECT_EQ(robbed.on(AddressLost{}), "install");
  EXPECT_EQ(robbed.on(AddressesInstalled{Installed::Some}), "announce");
  EXPECT_EQ(robbed.state(), State::Master);
}

TEST(Addresses, NoneIsNeverEnough) {
  DrivenInstance router = DrivenInstance::backup();
  for (int i = 0; i < 3; ++i) {
    router.waits();
    EXPECT_EQ(router.waits(), "install");
    EXPECT_EQ(router.on(AddressesInstalled{Installed::None}), "remove");
    EXPECT_EQ(router.waits(), "");
  }
}

// Removed by others.

TEST(Addresses, ALostOneIsPutBackAtOnceAndAnnounced) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(4s).on(AddressLost{}), "install");
  EXPECT_EQ(router.installed(), "announce");
  EXPECT_EQ(router.status().counters.addresses_put_back, 1U);
  EXPECT_EQ(router.deadline(), 4609375us);  // the advertisements go on
}

TEST(Addresses, FiveTimesInTenSecondsIsAFight) {
  DrivenInstance router = DrivenInstance::master();
  for (const Duration time : {4s, 6s, 8s, 10s}) {
    while (*router.deadline() < time) router.waits();
    EXPECT_EQ(router.at(time).on(AddressLost{}), "install");
    router.installed();
  }
  while (*router.deadline() < 14s) router.waits();
  EXPECT_EQ(router.at(14s).on(AddressLost{}), "advertise 0, remove");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::AddressesContested);
  EXPECT_TRUE(router.status().is_held);
  EXPECT_EQ(router.deadline(), 74s);
  EXPECT_EQ(router.waits(), "");
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.status().counters.addresses_put_back, 4U);
}

TEST(Addresses, TheOperatorEndsTheWaitAfterAFight) {
  DrivenInstance router = DrivenInstance::master();
  for (const Duration time : {3700ms, 3800ms, 3900ms, 4000ms, 4100ms}) {
    router.at(time).on(AddressLost{});
    router.installed();
  }
  ASSERT_EQ(router.reason(), Reason::AddressesContested);
  router.at(5s).on(HoldChanged{false});
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_FALSE(router.status().is_held);
}

TEST(Addresses, FiveTimesInMoreThanTenSecondsIsNot) {
  DrivenInstance router = DrivenInstance::master();
  for (const Duration time : {4000ms, 6000ms, 8000ms, 10000ms, 14001ms}) {
    while (*router.deadline() < time) router.waits();
    EXPECT_EQ(router.at(time).on(AddressLost{}), "install");
    router.installed();
  }
}

TEST(Addresses, AFlushOfManyIsOneMishap) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(4000ms).on(AddressLost{}), "install");
  // Whether that one is what the writer is about to put back is not known: once more, then.
  EXPECT_EQ(router.at(4001ms).on(AddressLost{}), "");
  EXPECT_EQ(router.on(AddressLost{}), "");
  EXPECT_EQ(router.at(4002ms).installed(), "install");
  EXPECT_EQ(router.at(4003ms).installed(), "announce");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(router.at(4010ms).on(AddressLost{}), "install");
    EXPECT_EQ(router.installed(), "announce");
  }
  EXPECT_EQ(router.state(), State::Master);
}

TEST(Addresses, WhatIsLostWhileBackupIsNoConcern) {
  DrivenInstance router = DrivenInstance::backup();
  EXPECT_EQ(router.on(AddressLost{}), "");
  EXPECT_EQ(router.state(), State::Backup);
}

// Its lease has run out while it was stopped: first it has to know whether somebody has taken over.
TEST(Addresses, ALateMasterPutsNothingBackBeforeItHasListened) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(20s).on(AddressLost{}), "");
  EXPECT_EQ(router.hears_late(kLowAddress, 50, 8s), "remove");
  DrivenInstance lone = DrivenInstance::master();
  EXPECT_EQ(lone.at(20s).on(AddressLost{}), "");
  EXPECT_EQ(lone.expires(), "advertise 100, install, announce");
  EXPECT_EQ(lone.status().counters.addresses_put_back, 0U);
}

// Address conflicts.

TEST(AddressConflict, AWarningIsShown) {
  DrivenInstance router = DrivenInstance::backup();
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.on(AddressConflicted{}), "");
  EXPECT_TRUE(router.reported());
  EXPECT_TRUE(router.status().has_conflict);
  router.on(AddressConflicted{});
  EXPECT_FALSE(router.reported());  // once
  EXPECT_EQ(router.waits(), "install");
}

TEST(AddressConflict, ARefusalAsksAgainEachInterval) {
  DrivenInstance router = DrivenInstance::backup(respectful());
  router.waits();
  router.on(AddressConflicted{});
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.reason(), Reason::AddressConflict);
  EXPECT_TRUE(router.status().has_conflict);
  EXPECT_EQ(router.deadline(), 4609375us);
  router.on(AddressConflicted{});
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_FALSE(router.reported());
  EXPECT_EQ(router.waits(), "install");  // nobody has answered this time
  EXPECT_EQ(router.now(), 5609375us);
  EXPECT_FALSE(router.status().has_conflict);
  EXPECT_FALSE(router.status().is_held);
}

TEST(AddressConflict, ARefusalEndsWithAMaster) {
  DrivenInstance router = DrivenInstance::backup(respectful());
  router.waits();
  router.on(AddressConflicted{});
  router.waits();
  router.at(4s).hears(kHighAddress, 200);
  EXPECT_FALSE(router.status().has_conflict);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.now(), 6609375us);
  EXPECT_EQ(router.waits(), "install");
}

TEST(AddressConflict, ARefusalThatIsOverIsNotShownAnyMore) {
  DrivenInstance router = DrivenInstance::backup(respectful());
  router.waits();
  router.on(AddressConflicted{});
  router.waits();
  ASSERT_EQ(router.reason(), Reason::AddressConflict);
  router.at(4s).hears(kHighAddress, 200);
  EXPECT_EQ(router.reason(), Reason::Started);
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.at(5s).hears(kHighAddress, 0), "");
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::MasterReleased);
}

TEST(AddressConflict, AnAnswerForOtherAddressesIsNone) {
  DrivenInstance router = DrivenInstance::backup(respectful());
  router.waits();
  router.on(AddressConflicted{});
  router.waits();
  ASSERT_EQ(router.reason(), Reason::AddressConflict);
  InstanceConfig config = respectful();
  config.virtual_addresses = {{boost::asio::ip::make_address("192.0.2.20"), 32}};
  router.at(4s).on(Reconfigured{config});
  EXPECT_EQ(router.reason(), Reason::Started);
  EXPECT_FALSE(router.status().has_conflict);
  EXPECT_FALSE(router.instance().awaits_conflicts());
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.now(), 7609375us);
}

TEST(AddressConflict, AMemberOfAGroupThatRefusesWantsNothing) {
  DrivenInstance router(respectful(), true);
  router.starts();
  router.waits();
  router.on(AddressConflicted{});
  router.waits();
  EXPECT_FALSE(router.instance().wants_master());
  router.waits();
  EXPECT_TRUE(router.instance().wants_master());
}

TEST(AddressConflict, TheMasterItselfAnswersAsLongAsItLives) {
  DrivenInstance router = DrivenInstance::backup(respectful());
  router.waits();
  router.on(AddressConflicted{});
  router.at(3s).hears(kHighAddress, 200);
  EXPECT_FALSE(router.status().has_conflict);
  router.on(AddressConflicted{});  // of traffic, not of our question
  EXPECT_FALSE(router.status().has_conflict);
}

TEST(AddressConflict, AMasterThatLeavesOrIsPreemptedAnswersUntilItHearsUs) {
  DrivenInstance leaving = DrivenInstance::backup(respectful());
  leaving.at(1s).hears(kHighAddress, 200);
  leaving.at(1500ms).hears(kHighAddress, 0);
  leaving.on(AddressConflicted{});
  EXPECT_EQ(leaving.waits(), "install");

  DrivenInstance released_late = DrivenInstance::backup(respectful());
  released_late.at(1s).hears(kHighAddress, 200);
  EXPECT_EQ(released_late.waits(), "probe");
  released_late.at(4s).hears(kHighAddress, 0);
  released_late.on(AddressConflicted{});
  EXPECT_EQ(released_late.waits(), "install");

  DrivenInstance preempting = DrivenInstance::backup(respectful());
  preempting.on(ReadinessChanged{true});
  preempting.waits();
  preempting.at(3s).hears(kLowAddress, 50);
  preempting.on(AddressConflicted{});
  EXPECT_EQ(preempting.waits(), "install");
}

// EPERM.

TEST(SendRefused, IsReportedAtOnceAndEndsInThreeIntervals) {
  DrivenInstance router = DrivenInstance::master();
  router.waits();  // advertised at 4609375us
  EXPECT_EQ(router.on(SendRefused{}), "");
  EXPECT_TRUE(router.reported());
  for (const Duration time : {5609375us, 6609375us}) {
    EXPECT_EQ(router.waits(), "advertise 100");
    EXPECT_EQ(router.now(), time);
    EXPECT_EQ(router.on(SendRefused{}), "");
  }
  EXPECT_EQ(router.waits(), "advertise 100");
  EXPECT_EQ(router.on(SendRefused{}), "remove");  // the peers have taken over
  EXPECT_EQ(router.now(), 7609375us);
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::SendRefused);
  EXPECT_TRUE(router.status().is_held);
  EXPECT_EQ(router.status().counters.sends_refused, 4U);
  EXPECT_EQ(router.deadline(), 12609375us);
}

TEST(SendRefused, ForWantOfAWayStaysMasterUntilSomebodyIsHeard) {
  DrivenInstance router = DrivenInstance::master();
  constexpr SendRefused kNoRoute{.by_firewall = false};
  for (int i = 0; i < 5; ++i) {
    router.waits();
    EXPECT_EQ(router.on(kNoRoute), "");
  }
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.hears(kLowAddress, 50), "remove");  // it has taken over: no answer would arrive
  EXPECT_EQ(router.reason(), Reason::SendRefused);
  EXPECT_TRUE(router.status().is_held);
}

TEST(SendRefused, ALowerPriorityOneIsAnsweredOnceItGoesOutAgain) {
  DrivenInstance router = DrivenInstance::master();
  for (int i = 0; i < 5; ++i) {
    router.waits();
    router.on(SendRefused{.by_firewall = false});
  }
  router.waits();  // this one left
  EXPECT_EQ(router.hears(kLowAddress, 50), "advertise 100, announce");
  EXPECT_EQ(router.state(), State::Master);
}

TEST(SendRefused, OneThatGoesOutEndsTheCount) {
  DrivenInstance router = DrivenInstance::master();
  router.waits();
  router.on(SendRefused{});
  router.waits();  // this one goes out
  router.waits();
  router.on(SendRefused{});
  EXPECT_TRUE(router.reported());
  for (int i = 0; i < 2; ++i) {
    router.waits();
    EXPECT_EQ(router.on(SendRefused{}), "");
  }
  EXPECT_EQ(router.state(), State::Master);
}

TEST(SendRefused, MattersToAMasterOnly) {
  DrivenInstance router = DrivenInstance::backup();
  EXPECT_EQ(router.on(SendRefused{}), "");
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.status().counters.sends_refused, 1U);
}

}  // namespace
}  // namespace evenkeel::vrrp
