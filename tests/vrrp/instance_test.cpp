// RFC 9568 sections 6.4.1 and 6.4.2 (Initialize, Backup), row by row, with the errata and what
// vrrp/README.md adds.
#include "vrrp/instance.h"

#include <gtest/gtest.h>

#include "driven_instance.h"

namespace evenkeel::vrrp {
namespace {

InstanceConfig with_priority(std::uint8_t priority) {
  InstanceConfig config = some_config();
  config.priority = priority;
  return config;
}

/// Version 2, 10 s, priority 200.
InstanceConfig version_two() {
  InstanceConfig config = with_priority(200);
  config.version = Version::V2;
  config.advertisement_interval = 10s;
  return config;
}

// Initialize.

TEST(Instance, WaitsForItsStart) {
  DrivenInstance router;
  EXPECT_EQ(router.on(InterfaceChanged{std::nullopt, {}}), "");
  EXPECT_EQ(router.hears(kHighAddress, 200), "");
  EXPECT_EQ(router.expires(), "");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::NotStarted);
  EXPECT_EQ(router.deadline(), std::nullopt);
}

TEST(Instance, StartupOfTheAddressOwnerMakesItMasterAtOnce) {
  DrivenInstance router(with_priority(255));
  EXPECT_EQ(router.starts(), "install");
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.reason(), Reason::AddressOwner);
  EXPECT_EQ(router.at(1ms).installed(), "advertise 255, announce");
  EXPECT_EQ(router.deadline(), 1001ms);
  EXPECT_EQ(router.status().counters.became_master, 1U);
}

TEST(Instance, StartupListensForAMasterDownInterval) {
  DrivenInstance router;
  EXPECT_EQ(router.starts(), "");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.reason(), Reason::Started);
  EXPECT_EQ(router.deadline(), 2609375us);  // asks who has the addresses one second before the end
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.deadline(), 3609375us);
  EXPECT_EQ(router.status().master_down_interval, 3609375us);
}

TEST(Instance, StartupOfVersion2HasASkewThatDoesNotScale) {
  DrivenInstance router(version_two());
  router.starts();
  EXPECT_EQ(router.status().master_down_interval, 30218750us);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.now(), 29218750us);
  EXPECT_EQ(router.deadline(), 30218750us);
}

// The Master's kernel may have given up on finding us: it asks again once a second.
TEST(Instance, StartupOfAUnicastBackupListensUntilItCanHaveBeenFound) {
  InstanceConfig config = some_config();
  config.advertisement_interval = 100ms;
  config.unicast = {boost::asio::ip::make_address("192.0.2.5"),
                    {boost::asio::ip::make_address("192.0.2.9")}};
  DrivenInstance router(config);
  router.starts();
  EXPECT_EQ(router.deadline(), 1100ms);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.deadline(), 1200ms);
  router.at(1150ms).hears(kHighAddress, 200, 100ms);  // and from then on as ever
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.now(), 1510937500ns);

  config.advertisement_interval = 1s;
  DrivenInstance slow(config);
  slow.starts();
  EXPECT_EQ(slow.deadline(), 2609375us);
}

TEST(Instance, StartupWithoutAnInterfaceWaitsForIt) {
  DrivenInstance router;
  EXPECT_EQ(router.on(Startup{}), "");
  EXPECT_EQ(router.reason(), Reason::InterfaceMissing);
  EXPECT_EQ(router.deadline(), std::nullopt);
  EXPECT_EQ(router.at(7s).on(InterfaceChanged{std::nullopt, {}}), "");
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.status().since, router.time());
  EXPECT_EQ(router.deadline(), 9609375us);  // a whole down interval from the moment it is there
}

// Backup.

TEST(Instance, BackupStopsInSilence) {
  DrivenInstance router = DrivenInstance::backup();
  EXPECT_EQ(router.at(1s).on(Leave{}), "");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::Stopped);
  EXPECT_EQ(router.deadline(), std::nullopt);
}

TEST(Instance, BackupTakesOverWhenTheMasterIsSilent) {
  DrivenInstance router = DrivenInstance::backup();
  router.waits();
  EXPECT_EQ(router.at(3609374us).expires(), "");
  EXPECT_EQ(router.at(3609375us).expires(), "install");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.reason(), Reason::MasterDownTimerExpired);
  EXPECT_EQ(router.status().master, std::nullopt);
}

TEST(Instance, ABetterOrEqualAdvertisementArmsTheTimerAgain) {
  for (const std::uint8_t priority : std::initializer_list<std::uint8_t>{100, 101, 254, 255}) {
    DrivenInstance router = DrivenInstance::backup();
    EXPECT_EQ(router.at(2s).hears(kLowAddress, priority), "") << int{priority};
    EXPECT_TRUE(router.reported()) << int{priority};  // a new Master
    EXPECT_EQ(router.deadline(), 4609375us) << int{priority};
    EXPECT_EQ(router.waits(), "probe") << int{priority};
    EXPECT_EQ(router.deadline(), 5609375us) << int{priority};
    EXPECT_EQ(router.status().master, boost::asio::ip::make_address(kLowAddress));
    router.at(5s).hears(kLowAddress, priority);
    EXPECT_FALSE(router.reported()) << int{priority};  // the same one
  }
}

TEST(Instance, AnEqualPriorityIsAuthorityInBackupWhateverItsAddress) {
  DrivenInstance low = DrivenInstance::backup();
  low.on(ReadinessChanged{true});
  low.at(2s).hears(kLowAddress, 100);
  EXPECT_EQ(low.deadline(), 4609375us);
}

TEST(Instance, TheTimerCountsFromWhenTheKernelReceivedIt) {
  DrivenInstance router = DrivenInstance::backup();
  EXPECT_EQ(router.at(2s).hears_late(kHighAddress, 200, 1500ms), "");
  EXPECT_EQ(router.deadline(), 4109375us);
}

TEST(Instance, ALowerPriorityAdvertisementIsDiscardedByWhoPreempts) {
  DrivenInstance router = DrivenInstance::backup();
  router.on(ReadinessChanged{true});
  EXPECT_EQ(router.at(2s).hears(kHighAddress, 99), "");
  EXPECT_EQ(router.at(3s).hears(kHighAddress, 99), "");
  EXPECT_EQ(router.deadline(), 3609375us);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

TEST(Instance, ALowerPriorityAdvertisementIsAcceptedByWhoDoesNotPreempt) {
  InstanceConfig config = some_config();
  config.preempt = false;
  DrivenInstance router = DrivenInstance::backup(config);
  router.on(ReadinessChanged{true});
  router.at(2s).hears(kHighAddress, 1);
  EXPECT_EQ(router.deadline(), 4609375us);
}

TEST(Instance, TheIntervalOfTheMasterIsLearned) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200, 100ms);
  EXPECT_EQ(router.status().master_down_interval, 360937500ns);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.now(), 1260937500ns);
  EXPECT_EQ(router.deadline(), 1360937500ns);
  EXPECT_EQ(router.waits(), "install");
  router.installed();
  EXPECT_EQ(router.deadline(), 2360937500ns);  // a Master advertises at its own
  EXPECT_EQ(router.status().master_down_interval, 3609375us);
}

TEST(Instance, TheLearnedIntervalIsClamped) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200, 40950ms);
  EXPECT_EQ(router.status().master_down_interval, 36093750us);  // of 10 s
  EXPECT_EQ(router.status().counters.intervals_clamped, 1U);
  router.at(2s).hears(kHighAddress, 200, 10s);
  EXPECT_EQ(router.status().master_down_interval, 36093750us);
  EXPECT_EQ(router.status().counters.intervals_clamped, 1U);
  router.at(3s).hears(kHighAddress, 200, 10ms);
  EXPECT_EQ(router.status().master_down_interval, 36093750ns);
  EXPECT_EQ(router.status().counters.intervals_clamped, 1U);

  InstanceConfig slow = some_config();
  slow.advertisement_interval = 40s;
  DrivenInstance patient = DrivenInstance::backup(slow);
  patient.at(1s).hears(kHighAddress, 200, 10ms);
  EXPECT_EQ(patient.status().master_down_interval, 1443750us);  // of 400 ms
  EXPECT_EQ(patient.status().counters.intervals_clamped, 1U);
}

TEST(Instance, Version2LearnsNoInterval) {
  DrivenInstance router = DrivenInstance::backup(version_two());
  router.at(1s).hears(kHighAddress, 250, 10s);
  EXPECT_EQ(router.status().master_down_interval, 30218750us);
}

TEST(Instance, PriorityZeroLeavesOneSkew) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  EXPECT_EQ(router.at(1500ms).hears(kHighAddress, 0), "");
  EXPECT_EQ(router.deadline(), 2109375us);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::MasterReleased);
  EXPECT_EQ(router.status().counters.priority_zero_received, 1U);
}

TEST(Instance, PriorityZeroOfVersion2LeavesAPartOfASecond) {
  DrivenInstance router = DrivenInstance::backup(version_two());
  router.at(1s).hears(kHighAddress, 250, 10s);
  router.at(2s).hears(kHighAddress, 0, 10s);
  EXPECT_EQ(router.deadline(), 2218750us);
}

// keepalived never takes over while these come.
TEST(Instance, AStreamOfPriorityZeroDoesNotPutTheTakeoverOff) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  for (const Duration time : {1500ms, 1700ms, 1900ms, 2100ms}) {
    EXPECT_EQ(router.at(time).hears(kHighAddress, 0), "");
    EXPECT_EQ(router.deadline(), 2109375us);
  }
  EXPECT_EQ(router.at(2109375us).expires(), "install");
}

TEST(Instance, PriorityZeroNeverMakesTheTimerLonger) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  router.waits();
  router.at(4500ms).hears(kHighAddress, 0);
  EXPECT_EQ(router.deadline(), 4609375us);
}

TEST(Instance, PriorityZeroCountsOnlyFromTheMaster) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(500ms).hears(kLowAddress, 0);  // no Master is known
  EXPECT_EQ(router.deadline(), 2609375us);
  router.at(1s).hears(kHighAddress, 200);
  router.at(1500ms).hears(kLowAddress, 0);
  EXPECT_EQ(router.deadline(), 3609375us);
  EXPECT_EQ(router.status().counters.priority_zero_ignored, 2U);
  EXPECT_EQ(router.status().counters.priority_zero_received, 2U);
}

// Two that do not hear each other, and both are heard here.
TEST(Instance, OfTwoMastersTheBetterOneCounts) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1000ms).hears(kLowAddress, 200);
  router.at(1100ms).hears(kHighAddress, 150);
  EXPECT_FALSE(router.reported());
  EXPECT_EQ(router.status().master, boost::asio::ip::make_address(kLowAddress));
  router.at(1200ms).hears(kHighAddress, 0);  // only the lower-priority one goes
  EXPECT_EQ(router.deadline(), 3709375us);
  router.at(1300ms).hears(kHighAddress, 200);  // equal, and a higher address
  EXPECT_EQ(router.status().master, boost::asio::ip::make_address(kHighAddress));
  router.at(1400ms).hears(kLowAddress, 200);
  EXPECT_EQ(router.status().master, boost::asio::ip::make_address(kHighAddress));
}

TEST(Instance, TheLowerPriorityMasterCountsWhenTheBetterOneHasGone) {
  DrivenInstance silent = DrivenInstance::backup();
  silent.at(1000ms).hears(kLowAddress, 200);
  silent.at(3999ms).hears(kHighAddress, 150);
  EXPECT_EQ(silent.status().master, boost::asio::ip::make_address(kLowAddress));
  silent.at(4000ms).hears(kHighAddress, 150);
  EXPECT_EQ(silent.status().master, boost::asio::ip::make_address(kHighAddress));
  EXPECT_TRUE(silent.reported());
  DrivenInstance released = DrivenInstance::backup();
  released.at(1000ms).hears(kLowAddress, 200);
  released.at(1100ms).hears(kLowAddress, 0);
  released.at(1200ms).hears(kHighAddress, 150);
  EXPECT_EQ(released.status().master, boost::asio::ip::make_address(kHighAddress));
  released.at(1300ms).hears(kHighAddress, 0);
  EXPECT_EQ(released.deadline(), 1909375us);
}

TEST(Instance, PriorityZeroCountsFromAMasterThatIsAboutToBePreempted) {
  DrivenInstance router = DrivenInstance::backup();
  router.on(ReadinessChanged{true});
  router.at(1s).hears(kLowAddress, 50);
  router.at(1100ms).hears(kLowAddress, 0);
  EXPECT_EQ(router.deadline(), 1709375us);
}

TEST(Instance, AMasterThatSpeaksAgainAfterPriorityZeroIsTheMaster) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  router.at(1500ms).hears(kHighAddress, 0);
  router.at(1600ms).hears(kHighAddress, 200);
  EXPECT_EQ(router.deadline(), 4209375us);
  router.waits();
  router.waits();
  EXPECT_EQ(router.reason(), Reason::MasterDownTimerExpired);
}

// The sockets are drained, but they may have overflowed while we were away.
TEST(Instance, ALateBackupListensForOneMoreInterval) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  EXPECT_EQ(router.at(5609375us).expires(), "probe");  // exactly one interval late
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.deadline(), 7218750us);  // and the skew
  EXPECT_EQ(router.status().counters.late, 1U);
  EXPECT_EQ(router.status().worst_lateness, 1s);
  EXPECT_EQ(router.waits(), "install");
}

TEST(Instance, ALateBackupThatHearsTheMasterStays) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  EXPECT_EQ(router.at(9s).expires(), "probe");
  router.at(9100ms).hears(kHighAddress, 200);
  EXPECT_EQ(router.deadline(), 11709375us);
  // The next time it is late it listens again.
  EXPECT_EQ(router.at(20s).expires(), "probe");
  EXPECT_EQ(router.state(), State::Backup);
}

TEST(Instance, ABackupThatIsALittleLateTakesOver) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  EXPECT_EQ(router.at(5609374us).expires(), "install");
  EXPECT_EQ(router.status().counters.late, 0U);
  EXPECT_EQ(router.status().worst_lateness, 999999us);
}

// What is counted and shown.

TEST(Instance, PeersAreRemembered) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kHighAddress, 200);
  router.at(2s).hears(kLowAddress, 150, 2s);
  const auto peers = router.status().peers;
  ASSERT_EQ(peers.size(), 2U);
  EXPECT_EQ(peers[0].address, boost::asio::ip::make_address(kLowAddress));
  EXPECT_EQ(peers[0].priority, 150);
  EXPECT_EQ(peers[0].interval, 2s);
  EXPECT_EQ(peers[0].heard, router.time());
  EXPECT_EQ(router.status().counters.advertisements_received, 2U);
}

TEST(Instance, WithoutItsInterfaceItHearsButDoesNothing) {
  DrivenInstance router = DrivenInstance::backup();
  router.on(InterfaceChanged{Reason::InterfaceDown, {}});
  EXPECT_EQ(router.hears(kHighAddress, 200), "");
  EXPECT_EQ(router.state(), State::Initialize);
}

}  // namespace
}  // namespace evenkeel::vrrp
