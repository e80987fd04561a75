#include <gtest/gtest.h>

#include "driven_pair.h"

namespace evenkeel::vrrp {
namespace {

TEST(SyncGroup, TakesOverWhenEveryMemberWantsTo) {
  Pair pair;
  pair.start();
  pair.at(2609375us);
  EXPECT_EQ(pair.a.expires(), "probe");
  EXPECT_EQ(pair.b.expires(), "probe");
  pair.at(3609375us);
  EXPECT_EQ(pair.a.expires(), "");
  EXPECT_TRUE(pair.a.instance().wants_master());
  EXPECT_EQ(pair.settle(), "");  // alone it waits
  EXPECT_EQ(pair.a.deadline(), 7218750us);
  EXPECT_EQ(pair.b.expires(), "");
  EXPECT_EQ(pair.settle(), "a: install; b: install");
  EXPECT_EQ(pair.a.state(), State::Master);
  EXPECT_EQ(pair.b.state(), State::Master);
  EXPECT_EQ(pair.a.reason(), Reason::MasterDownTimerExpired);
}

// Or the other side's members would remove addresses that are not here yet.
TEST(SyncGroup, AdvertisesWhenEveryMemberHasItsAddresses) {
  Pair pair;
  pair.start();
  pair.at(3609375us);
  pair.a.expires();
  pair.b.expires();
  EXPECT_EQ(pair.settle(), "a: install; b: install");
  EXPECT_EQ(pair.a.installed(), "");
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.at(3619375us).b.installed(), "");
  EXPECT_EQ(pair.settle(), "a: advertise 100, announce; b: advertise 100, announce");
  EXPECT_EQ(pair.a.deadline(), 4619375us);
}

TEST(SyncGroup, AMemberThatIsReadyWaitsForTheOthersNoLongerThan20ms) {
  Pair pair;
  pair.start();
  pair.at(3609375us);
  pair.a.expires();
  pair.b.expires();
  pair.settle();
  pair.a.installed();
  pair.settle();
  EXPECT_EQ(pair.a.deadline(), 3629375us);
  EXPECT_EQ(pair.a.waits(), "advertise 100, announce");
  EXPECT_EQ(pair.b.waits(), "advertise 100");
  EXPECT_EQ(pair.at(3700ms).b.installed(), "announce");
  EXPECT_EQ(pair.settle(), "");
}

TEST(SyncGroup, AMemberThatHeardABetterMasterMeanwhileTakesTheOtherAlong) {
  Pair pair;
  pair.start();
  pair.at(3609375us);
  pair.a.expires();
  pair.b.expires();
  pair.settle();
  pair.a.installed();
  EXPECT_EQ(pair.b.hears(kHighAddress, 200), "remove");
  EXPECT_EQ(pair.settle(), "a: remove");
  EXPECT_EQ(pair.a.state(), State::Backup);
}

TEST(SyncGroup, AMemberThatHearsItsMasterAgainWantsNoMore) {
  Pair pair;
  pair.start();
  pair.at(3609375us);
  pair.a.expires();
  pair.a.hears(kHighAddress, 200);
  EXPECT_FALSE(pair.a.instance().wants_master());
  pair.b.expires();
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.b.state(), State::Backup);
}

// A final advertisement of each: the winner announces each one's addresses again.
TEST(SyncGroup, StepsDownTogether) {
  Pair pair;
  pair.become_master();
  pair.at(4s);
  EXPECT_EQ(pair.a.hears(kHighAddress, 200), "advertise 100, remove");
  EXPECT_EQ(pair.settle(), "b: advertise 100, remove");
  EXPECT_EQ(pair.b.state(), State::Backup);
  EXPECT_EQ(pair.b.reason(), Reason::GroupMemberLeft);
  EXPECT_EQ(pair.b.deadline(), 6609375us);
}

TEST(SyncGroup, FailsTogetherAndSaysSo) {
  Pair pair;
  pair.become_master();
  pair.at(4s);
  EXPECT_EQ(pair.a.on(kDown), "remove");
  EXPECT_EQ(pair.settle(), "b: advertise 0, remove");
  EXPECT_EQ(pair.b.state(), State::Initialize);
  EXPECT_EQ(pair.b.reason(), Reason::GroupMemberDown);
  EXPECT_EQ(pair.b.deadline(), std::nullopt);
}

TEST(SyncGroup, RecoversWhenNoMemberIsDown) {
  Pair pair;
  pair.start();
  pair.at(1s);
  pair.a.on(kDown);
  pair.settle();
  pair.b.on(kDown);
  pair.settle();
  EXPECT_EQ(pair.b.reason(), Reason::InterfaceDown);
  pair.at(2s);
  pair.a.on(kUsable);
  pair.settle();
  EXPECT_EQ(pair.a.reason(), Reason::GroupMemberDown);  // the other one still is
  pair.at(3s);
  pair.b.on(kUsable);
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.state(), State::Backup);
  EXPECT_EQ(pair.b.state(), State::Backup);
  EXPECT_EQ(pair.a.deadline(), 5609375us);  // listens from now on, like the other
}

TEST(SyncGroup, AMemberThatGivesUpTakesTheOthersAlongUntilItTriesAgain) {
  Pair pair;
  pair.become_master();
  pair.at(4s);
  EXPECT_EQ(pair.b.on(AddressesInstalled{Installed::None}), "advertise 0, remove");
  EXPECT_EQ(pair.settle(), "a: advertise 0, remove");
  pair.at(9s);
  pair.b.expires();
  pair.settle();
  EXPECT_EQ(pair.a.state(), State::Backup);
  EXPECT_EQ(pair.b.state(), State::Backup);
}

TEST(SyncGroup, RemovesTogetherWhenEachHasHeardItsNewMaster) {
  Pair pair;
  pair.become_master();
  pair.at(4s);
  EXPECT_EQ(pair.a.on(Leave{}), "advertise 0");
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.b.on(Leave{}), "advertise 0");
  EXPECT_EQ(pair.settle(), "");
  pair.at(4700ms);
  EXPECT_EQ(pair.a.hears(kLowAddress, 50), "");
  EXPECT_EQ(pair.settle(), "");
  pair.at(4710ms);
  EXPECT_EQ(pair.b.hears(kLowAddress, 50), "");
  EXPECT_EQ(pair.settle(), "a: remove; b: remove");
  EXPECT_EQ(pair.a.reason(), Reason::Stopped);
  EXPECT_EQ(pair.b.reason(), Reason::Stopped);
  EXPECT_EQ(pair.settle(), "");
}

TEST(SyncGroup, AFailoverThatOneMembersPeerDoesNotTakeEndsTogetherAsWell) {
  Pair pair;
  pair.become_master();
  pair.at(4s);
  pair.a.on(Leave{LeaveFor::Failover});
  pair.b.on(Leave{LeaveFor::Failover});
  pair.at(4700ms).a.hears(kLowAddress, 50);
  pair.at(5196093750ns);
  EXPECT_EQ(pair.a.expires(), "remove");
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.b.expires(), "advertise 100, install");
  EXPECT_EQ(pair.settle(), "b: advertise 100, remove");
  EXPECT_EQ(pair.a.state(), State::Backup);
  EXPECT_EQ(pair.b.state(), State::Backup);
}

// The other member's link may not have carried the like of it.
TEST(SyncGroup, AnnouncesAgainTogether) {
  Pair pair;
  pair.become_master();
  pair.at(4s);
  EXPECT_EQ(pair.b.hears(kLowAddress, 50), "advertise 100, announce");
  EXPECT_EQ(pair.settle(), "a: announce");
  EXPECT_EQ(pair.settle(), "");
  pair.at(4100ms);
  EXPECT_EQ(pair.a.hears(kLowAddress, 50), "advertise 100");  // not again so soon
  EXPECT_EQ(pair.settle(), "");
}

TEST(SyncGroup, ALateMemberTakesTheOthersAlongInSilence) {
  Pair pair;
  pair.become_master();
  pair.at(9s);
  EXPECT_EQ(pair.a.hears_late(kLowAddress, 50, 8s), "remove");
  EXPECT_EQ(pair.settle(), "b: remove");
}

TEST(SyncGroup, AFailureWhileItStopsIsAStopAllTheSame) {
  Pair pair;
  pair.become_master();
  pair.at(4s);
  pair.b.on(Leave{});
  pair.a.on(kDown);  // it was not told to stop yet
  EXPECT_EQ(pair.settle(), "b: remove");
  EXPECT_EQ(pair.b.reason(), Reason::Stopped);
  pair.a.on(Leave{});
  EXPECT_EQ(pair.settle(), "");
}

TEST(SyncGroup, AStopOfAFailedGroupEnds) {
  Pair pair;
  pair.start();
  pair.a.on(kDown);
  pair.settle();
  pair.a.on(Leave{});
  pair.settle();
  pair.b.on(Leave{});
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.reason(), Reason::Stopped);
  EXPECT_EQ(pair.b.reason(), Reason::Stopped);
}

// Added by a reload, or the one member that could not be resumed.
TEST(SyncGroup, ANewcomerIsWaitedForByThoseThatServe) {
  Pair pair;
  pair.a.on(kUsable);
  pair.b.on(kUsable);
  pair.a.on(Resume{});
  pair.settle();
  pair.b.on(Startup{});
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.state(), State::Master);
  pair.at(3609375us).b.expires();
  EXPECT_EQ(pair.settle(), "b: install");
}

TEST(SyncGroup, ANewcomerThatHearsAMasterTakesTheOthersAlong) {
  Pair pair;
  pair.a.on(kUsable);
  pair.b.on(kUsable);
  pair.a.on(Resume{});
  pair.b.on(Startup{});
  pair.settle();
  pair.at(1s).b.hears(kHighAddress, 200);
  EXPECT_EQ(pair.settle(), "a: advertise 100, remove");
  EXPECT_EQ(pair.a.state(), State::Backup);
}

TEST(SyncGroup, ResumesOneMemberAfterTheOther) {
  Pair pair;
  pair.a.on(kUsable);
  pair.b.on(kUsable);
  EXPECT_EQ(pair.a.on(Resume{}), "install, advertise 100");
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.b.on(Resume{}), "install, advertise 100");
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.state(), State::Master);
}

TEST(SyncGroup, AnOwnerInAGroupListensFirst) {
  InstanceConfig config = config_of("a");
  config.priority = 255;
  DrivenInstance owner(config, true);
  owner.starts();
  EXPECT_EQ(owner.state(), State::Backup);
}

TEST(SyncGroup, LingersAsLongAsItsSlowestMemberNeeds) {
  const Instance fast(config_of("fast", 10ms), true);
  const Instance slow(config_of("slow", 2s), true);
  const Instance* const members[] = {&fast, &slow};
  EXPECT_EQ(group_leave_limit(members), 2192187500ns);
}

}  // namespace
}  // namespace evenkeel::vrrp
