// Who may take a Master's place: preempt, preempt_delay, readiness, hold, the owner's right.
#include <gtest/gtest.h>

#include "driven_instance.h"

namespace evenkeel::vrrp {
namespace {

DrivenInstance ready_backup(InstanceConfig config = some_config()) {
  DrivenInstance router = DrivenInstance::backup(std::move(config));
  router.on(ReadinessChanged{true});
  return router;
}

InstanceConfig with_delay(Duration delay) {
  InstanceConfig config = some_config();
  config.preempt_delay = delay;
  return config;
}

TEST(Preemption, NotBeforeTheFirstRoundOfChecks) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kLowAddress, 50);
  EXPECT_EQ(router.deadline(), 3609375us);  // accepted
  router.at(2s).on(ReadinessChanged{true});
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.deadline(), 3609375us);
  router.at(2100ms).hears(kLowAddress, 50);  // discarded; it has to be heard once more
  EXPECT_EQ(router.deadline(), 4609375us);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

TEST(Preemption, WhoIsNotReadyStillTakesOverWhenNobodyAdvertises) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears(kLowAddress, 50);
  router.waits();
  EXPECT_EQ(router.waits(), "install");
}

TEST(Preemption, ReadinessThatIsNoNewsIsNotReported) {
  DrivenInstance router = ready_backup();
  EXPECT_TRUE(router.reported());
  router.on(ReadinessChanged{true});
  EXPECT_FALSE(router.reported());
}

TEST(Preemption, TheOwnerPreemptsWhateverTheFileSays) {
  InstanceConfig config = some_config();
  config.priority = 255;
  config.preempt = false;
  DrivenInstance router = DrivenInstance::master(config);
  router.at(1s).hears(kHighAddress, 255);  // two owners
  ASSERT_EQ(router.state(), State::Backup);
  router.at(2s).hears(kHighAddress, 100);  // that was settled
  router.waits();
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

TEST(PreemptDelay, BeginsWithTheFirstLowerPriorityAdvertisement) {
  DrivenInstance router = ready_backup(with_delay(5s));
  router.at(1s).hears(kLowAddress, 50);
  router.at(5999ms).hears(kLowAddress, 50);  // accepted all the while
  EXPECT_EQ(router.deadline(), 8608375us);
  router.at(6s).hears(kLowAddress, 50);  // from now on they are discarded
  router.at(7s).hears(kLowAddress, 50);
  EXPECT_EQ(router.deadline(), 9608375us);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

TEST(PreemptDelay, BeginsAnewAfterABetterOne) {
  DrivenInstance router = ready_backup(with_delay(5s));
  router.at(1s).hears(kLowAddress, 50);
  router.at(4s).hears(kHighAddress, 100);
  router.at(5s).hears(kLowAddress, 50);
  router.at(9900ms).hears(kLowAddress, 50);
  EXPECT_EQ(router.deadline(), 12509375us);
  router.at(10s).hears(kLowAddress, 50);  // discarded
  EXPECT_EQ(router.deadline(), 13509375us);
}

TEST(PreemptDelay, IsNotForAMasterThatHasFailed) {
  DrivenInstance router = ready_backup(with_delay(1h));
  router.at(1s).hears(kLowAddress, 50);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.now(), 4609375us);
  EXPECT_EQ(router.reason(), Reason::MasterDownTimerExpired);
}

TEST(PreemptDelay, IsNotForAMasterThatReleases) {
  DrivenInstance router = ready_backup(with_delay(1h));
  router.at(1s).hears(kLowAddress, 50);
  router.at(2s).hears(kLowAddress, 0);
  EXPECT_EQ(router.deadline(), 2609375us);
}

TEST(PreemptDelay, IsNotForWhoHearsNobody) {
  DrivenInstance router = ready_backup(with_delay(1h));
  router.waits();
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.now(), 3609375us);
}

TEST(Hold, IsKeptByABackupAndShown) {
  DrivenInstance router = ready_backup();
  EXPECT_EQ(router.on(HoldChanged{true}), "");
  EXPECT_TRUE(router.status().is_held);
  EXPECT_TRUE(router.reported());
  router.at(1s).hears(kLowAddress, 50);
  EXPECT_EQ(router.deadline(), 3609375us);
}

TEST(PreemptMargin, OnlyAMasterThatIsWorseByMoreIsPreempted) {
  InstanceConfig config = some_config();
  config.preempt_margin = 20;
  DrivenInstance router = ready_backup(config);
  router.at(1s).hears(kLowAddress, 80);  // accepted
  EXPECT_EQ(router.deadline(), 3609375us);
  router.at(2s).hears(kLowAddress, 79);  // fallen: the skew
  EXPECT_EQ(router.deadline(), 2609375us);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

TEST(PreemptMargin, IsNotForAnOwner) {
  InstanceConfig config = some_config();
  config.priority = 255;
  config.preempt_margin = 253;
  DrivenInstance router = DrivenInstance::master(config);
  router.at(1s).hears(kHighAddress, 255);
  router.at(2s).hears(kHighAddress, 254);
  router.waits();
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

}  // namespace
}  // namespace evenkeel::vrrp
