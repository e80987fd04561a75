// What an instance follows: its priority, a fault as a planned hand-over, and what is not known
// yet.
#include <gtest/gtest.h>

#include "driven_instance.h"

namespace evenkeel::vrrp {
namespace {

using enum TrackState;

TrackConfig weight(const char* name, int weight) {
  return {.kind = TrackKind::Script,
          .name = name,
          .effect = TrackEffect::Weight,
          .weight = static_cast<std::int16_t>(weight)};
}

TrackConfig fault(const char* name) {
  return {.kind = TrackKind::Script, .name = name};
}

TracksJudged judged(const char* name, TrackState state) {
  return {{{TrackKind::Script, name, {.state = state}}}};
}

InstanceConfig following(std::vector<TrackConfig> tracks) {
  InstanceConfig config = some_config();
  config.tracks = std::move(tracks);
  return config;
}

DrivenInstance backup(std::vector<TrackConfig> tracks) {
  DrivenInstance router = DrivenInstance::backup(following(std::move(tracks)));
  router.on(ReadinessChanged{true});
  return router;
}

/// Since 3609375us; it advertised then.
DrivenInstance master(std::vector<TrackConfig> tracks) {
  return DrivenInstance::master(following(std::move(tracks)));
}

// Priority.

TEST(TrackedPriority, AMasterTellsAChangeAtOnceAndServesOn) {
  DrivenInstance router = master({weight("nginx", -30)});
  EXPECT_EQ(router.at(4s).on(judged("nginx", Fails)), "advertise 70");
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_EQ(router.status().priority, 70);
  EXPECT_EQ(router.deadline(), 4609375us);  // the second announcement
  router.waits();
  EXPECT_EQ(router.deadline(), 5s);
  EXPECT_EQ(router.waits(), "advertise 70");
}

TEST(TrackedPriority, ResultsThatComeFastAreToldEvery10Milliseconds) {
  DrivenInstance router = master({weight("nginx", -30)});
  EXPECT_EQ(router.at(4s).on(judged("nginx", Fails)), "advertise 70");
  EXPECT_EQ(router.at(4003ms).on(judged("nginx", Holds)), "");
  EXPECT_EQ(router.at(4004ms).on(judged("nginx", Fails)), "");
  EXPECT_EQ(router.at(4005ms).on(judged("nginx", Holds)), "");
  EXPECT_EQ(router.deadline(), 4010ms);
  EXPECT_EQ(router.waits(), "advertise 100");
  EXPECT_EQ(router.deadline(), 4609375us);
}

TEST(TrackedPriority, AResultThatChangesNothingIsNotTold) {
  DrivenInstance router = master({weight("nginx", -30)});
  EXPECT_EQ(router.at(4s).on(judged("nginx", Holds)), "");  // as when it was unknown
  EXPECT_EQ(router.at(4s).on(judged("haproxy", Fails)), "");
  EXPECT_FALSE(router.reported());
  EXPECT_EQ(router.status().priority, 100);
}

TEST(TrackedPriority, TheFirstAdvertisementHasIt) {
  DrivenInstance router = backup({weight("nginx", -30)});
  EXPECT_EQ(router.on(judged("nginx", Fails)), "");
  router.waits();
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.on(judged("nginx", Holds)), "");
  EXPECT_EQ(router.installed(), "advertise 100, announce");
}

TEST(TrackedPriority, AMasterThatLeavesTellsNoneButItsZero) {
  DrivenInstance router = master({weight("nginx", -30)});
  EXPECT_EQ(router.at(4s).on(Leave{LeaveFor::Failover}), "advertise 0");
  EXPECT_EQ(router.at(4100ms).on(judged("nginx", Fails)), "");
  EXPECT_EQ(router.waits(), "advertise 70, install");  // nobody answered
}

TEST(TrackedPriority, AReloadTellsAnotherWeightAndKeepsWhatIsKnown) {
  DrivenInstance router = master({weight("nginx", -30), weight("haproxy", -7)});
  router.at(4s).on(judged("nginx", Fails));
  EXPECT_EQ(router.at(5s).on(Reconfigured{following({weight("nginx", -20)})}), "advertise 80");
  EXPECT_EQ(router.at(6s).on(Reconfigured{following({weight("nginx", -20), weight("disk", -1)}),
                                          {weight("nginx", -100)},
                                          judged("disk", Fails).results}),
            "advertise 79");  // the group does not know of nginx yet
  EXPECT_EQ(router.at(7s).on(Reconfigured{some_config()}), "advertise 100");
}

TEST(TrackedPriority, AFallingMasterIsPreemptedAfterTheSkew) {
  DrivenInstance router = backup({});
  router.at(1s).hears(kLowAddress, 150);
  router.at(2s).hears(kLowAddress, 90);
  EXPECT_EQ(router.deadline(), 2609375us);
  router.at(2500ms).hears(kLowAddress, 80);  // it has fallen further: the timer goes on
  EXPECT_EQ(router.deadline(), 2609375us);
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

TEST(TrackedPriority, AMasterThatRisesWithinTheSkewStays) {
  DrivenInstance router = backup({});
  router.at(1s).hears(kLowAddress, 150);
  router.at(2s).hears(kLowAddress, 90);
  router.at(2300ms).hears(kLowAddress, 150);
  EXPECT_EQ(router.deadline(), 4909375us);  // asks who has the addresses, one second before
}

TEST(TrackedPriority, AFallOfWhoWasBelowAlreadyIsNone) {
  DrivenInstance router = backup({});
  router.at(1s).hears(kLowAddress, 90);  // unknown before
  EXPECT_EQ(router.deadline(), 3609375us);
  router.at(2s).hears(kLowAddress, 80);
  EXPECT_EQ(router.deadline(), 3609375us);
}

TEST(TrackedPriority, AFallChangesNothingForWhoMayNotPreempt) {
  InstanceConfig config = some_config();
  config.preempt = false;
  DrivenInstance stays = DrivenInstance::backup(config);
  DrivenInstance held = backup({});
  DrivenInstance early = DrivenInstance::backup();
  DrivenInstance unknowing = backup({fault("nginx")});
  stays.on(ReadinessChanged{true});
  held.on(HoldChanged{true});
  for (DrivenInstance* router : {&stays, &held, &early, &unknowing}) {
    router->at(1s).hears(kLowAddress, 150);
    router->at(2s).hears(kLowAddress, 90);
    EXPECT_EQ(router->deadline(), 4609375us);
  }
}

TEST(TrackedPriority, PreemptDelayIsForAFallenMasterToo) {
  InstanceConfig config = some_config();
  config.preempt_delay = 5s;
  DrivenInstance router = DrivenInstance::backup(config);
  router.on(ReadinessChanged{true});
  router.at(1s).hears(kLowAddress, 150);
  router.at(2s).hears(kLowAddress, 90);
  EXPECT_EQ(router.deadline(), 4609375us);
}

TEST(TrackedPriority, WhoFallsItselfWhileItPreemptsWaitsAgain) {
  DrivenInstance router = backup({weight("nginx", -30)});
  router.on(judged("nginx", Holds));
  router.at(1s).hears(kLowAddress, 150);
  router.at(2s).hears(kLowAddress, 90);
  ASSERT_EQ(router.deadline(), 2609375us);
  router.at(2100ms).on(judged("nginx", Fails));
  EXPECT_EQ(router.deadline(), 4726562500ns);  // one second before 2 s and the interval of 70
  EXPECT_EQ(router.state(), State::Backup);
}

/// A Backup that follows nginx, and takes over at 2609375us from a Master that has fallen.
DrivenInstance preempting() {
  DrivenInstance router = backup({weight("nginx", -30)});
  router.on(judged("nginx", Holds));
  router.at(1s).hears(kLowAddress, 150);
  router.at(2s).hears(kLowAddress, 90);
  EXPECT_EQ(router.deadline(), 2609375us);
  return router.at(2100ms);
}

constexpr Duration kWaitsAgain = 4609375us;  // it asks who has the addresses then

TEST(TrackedPriority, WhoMayNotPreemptAnyMoreWaitsAgain) {
  DrivenInstance held = preempting();
  held.on(HoldChanged{true});
  EXPECT_EQ(held.deadline(), kWaitsAgain);
  DrivenInstance early = preempting();
  early.on(ReadinessChanged{false});
  EXPECT_EQ(early.deadline(), kWaitsAgain);
}

TEST(TrackedPriority, AReloadByWhichItDoesNotPreemptMakesItWaitAgain) {
  const auto changed = [](auto&& change) {
    InstanceConfig config = following({weight("nginx", -30)});
    change(config);
    DrivenInstance router = preempting();
    router.on(Reconfigured{config});
    return router.deadline();
  };
  EXPECT_EQ(
      changed([](InstanceConfig& config) { config.address_conflict = AddressConflict::Refuse; }),
      2609375us);
  EXPECT_EQ(changed([](InstanceConfig& config) { config.preempt = false; }), kWaitsAgain);
  EXPECT_EQ(changed([](InstanceConfig& config) { config.preempt_margin = 10; }), kWaitsAgain);
  EXPECT_EQ(changed([](InstanceConfig& config) { config.preempt_delay = 5s; }), kWaitsAgain);
  EXPECT_EQ(changed([](InstanceConfig& config) { config.tracks.push_back(fault("disk")); }),
            kWaitsAgain);
}

TEST(TrackedPriority, WhoRisesAboveItsMasterPreemptsAsEver) {
  DrivenInstance router = backup({weight("nginx", -30)});
  router.on(judged("nginx", Fails));
  router.at(1s).hears(kLowAddress, 90);
  EXPECT_EQ(router.at(1500ms).on(judged("nginx", Holds)), "");
  router.at(2s).hears(kLowAddress, 90);  // discarded
  router.at(3s).hears(kLowAddress, 90);
  router.waits();
  EXPECT_EQ(router.reason(), Reason::Preempting);
}

// What is not known yet.

TEST(UnknownTrack, KeepsABackupFromPreempting) {
  DrivenInstance router = backup({weight("nginx", -30)});
  router.at(1s).hears(kLowAddress, 50);
  EXPECT_EQ(router.deadline(), 3609375us);  // accepted
  router.on(judged("nginx", Holds));
  router.at(2s).hears(kLowAddress, 50);  // discarded: it asks nobody who has the addresses
  EXPECT_EQ(router.deadline(), 4609375us);
}

TEST(UnknownTrack, DoesNotKeepABackupFromTakingOver) {
  DrivenInstance router = backup({fault("nginx")});
  router.waits();
  EXPECT_EQ(router.waits(), "install");
}

TEST(UnknownTrack, AResumedMasterStays) {
  DrivenInstance router(following({fault("nginx"), weight("haproxy", -30)}));
  router.on(InterfaceChanged{std::nullopt, boost::asio::ip::make_address("192.0.2.5")});
  EXPECT_EQ(router.on(Resume{}), "install, advertise 100");
  EXPECT_EQ(router.state(), State::Master);
}

TEST(UnknownTrack, AnOwnerListensUntilItIsKnown) {
  InstanceConfig config = following({fault("nginx")});
  config.priority = 255;
  DrivenInstance router(config);
  router.starts();
  EXPECT_EQ(router.state(), State::Backup);
  router.on(judged("nginx", Holds));
  EXPECT_EQ(router.hears(kLowAddress, 254), "");
  router.waits();
  EXPECT_EQ(router.state(), State::Master);
}

// A fault.

TEST(TrackFault, AMasterLeavesAsPlannedUntilTheNewOneIsHeard) {
  DrivenInstance router = master({fault("nginx")});
  EXPECT_EQ(router.at(4s).on(judged("nginx", Fails)), "advertise 0");
  EXPECT_TRUE(router.status().is_leaving);
  EXPECT_EQ(router.reason(), Reason::TrackFailed);
  EXPECT_EQ(router.at(4700ms).hears(kLowAddress, 90), "remove");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::TrackFailed);
  EXPECT_FALSE(router.status().is_held);
  EXPECT_EQ(router.deadline(), std::nullopt);
}

TEST(TrackFault, BeatsAllWeights) {
  DrivenInstance router = master({fault("nginx"), weight("haproxy", 253)});
  router.at(4s).on(judged("haproxy", Holds));
  EXPECT_EQ(router.at(4100ms).on(judged("nginx", Fails)), "advertise 0");
}

TEST(TrackFault, WhereNobodyAnswersTheAddressesGoAfterTheLongestLeave) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(judged("nginx", Fails));
  EXPECT_EQ(router.deadline(), 8196093750ns);  // 4 s and longest_leave()
  EXPECT_EQ(router.waits(), "remove");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::TrackFailed);
}

TEST(TrackFault, WhatHoldsAgainBeforeSomebodyAnswersIsServedOn) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(judged("nginx", Fails));
  EXPECT_EQ(router.at(5s).on(judged("nginx", Holds)), "");
  EXPECT_EQ(router.waits(), "advertise 100, install");
  EXPECT_EQ(router.reason(), Reason::NobodyAnswered);
}

TEST(TrackFault, WhatHoldsAgainAfterTheHandOverIsBackup) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(judged("nginx", Fails));
  router.at(4700ms).hears(kLowAddress, 90);
  EXPECT_EQ(router.at(9s).on(judged("nginx", Holds)), "");
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.reason(), Reason::Started);
  EXPECT_EQ(router.deadline(), 11609375us);
}

TEST(TrackFault, ABackupGoesToInitialize) {
  DrivenInstance router = backup({fault("nginx")});
  EXPECT_EQ(router.at(1s).on(judged("nginx", Fails)), "");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::TrackFailed);
}

TEST(TrackFault, IsKnownBeforeTheStart) {
  DrivenInstance router(following({fault("nginx")}));
  router.on(judged("nginx", Fails));
  EXPECT_EQ(router.starts(), "");
  EXPECT_EQ(router.state(), State::Initialize);
  EXPECT_EQ(router.reason(), Reason::TrackFailed);
}

TEST(TrackFault, AnOwnerLeavesToo) {
  InstanceConfig config = following({fault("nginx")});
  config.priority = 255;
  DrivenInstance router = DrivenInstance::master(config);
  EXPECT_EQ(router.at(5s).on(judged("nginx", Fails)), "advertise 0");
}

TEST(TrackFault, AStopMeanwhileIsAStop) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(judged("nginx", Fails));
  EXPECT_EQ(router.on(Leave{LeaveFor::Stop}), "");
  EXPECT_EQ(router.at(4700ms).hears(kLowAddress, 90), "remove");
  EXPECT_EQ(router.reason(), Reason::Stopped);
  EXPECT_EQ(router.at(5s).on(judged("nginx", Holds)), "");
  EXPECT_EQ(router.state(), State::Initialize);
}

TEST(TrackFault, OfAMasterThatHandsOverIsRespected) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(Leave{LeaveFor::Failover});
  router.at(4100ms).on(judged("nginx", Fails));
  EXPECT_EQ(router.at(4700ms).hears(kLowAddress, 90), "remove");
  EXPECT_EQ(router.reason(), Reason::TrackFailed);
  EXPECT_TRUE(router.status().is_held);
}

TEST(TrackFault, OfAMasterThatHandsOverWaitsForASuccessorThatHasMissedIt) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(Leave{LeaveFor::Failover});
  router.at(4100ms).on(judged("nginx", Fails));
  EXPECT_EQ(router.deadline(), 8196093750ns);  // 4 s and longest_leave()
  EXPECT_EQ(router.at(8s).hears(kLowAddress, 90), "remove");
}

TEST(TrackFault, OfAMasterThatHandsOverWhichHoldsAgainIsServedOn) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(Leave{LeaveFor::Failover});
  router.at(4100ms).on(judged("nginx", Fails));
  router.at(4200ms).on(judged("nginx", Holds));
  EXPECT_EQ(router.waits(), "advertise 100, install");
}

TEST(TrackFault, OfAMasterThatStopsChangesNothing) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(Leave{LeaveFor::Stop});
  router.at(4100ms).on(judged("nginx", Fails));
  EXPECT_EQ(router.deadline(), 5196093750ns);  // 4 s and leave_limit()
}

TEST(TrackFault, TheLinkRemovesAtOnceAllTheSame) {
  DrivenInstance router = master({fault("nginx")});
  router.at(4s).on(judged("nginx", Fails));
  EXPECT_EQ(router.on(InterfaceChanged{Reason::InterfaceDown, {}}), "remove");
  EXPECT_EQ(router.reason(), Reason::InterfaceDown);
  router.at(5s).on(InterfaceChanged{std::nullopt, boost::asio::ip::make_address("192.0.2.5")});
  EXPECT_EQ(router.reason(), Reason::TrackFailed);
  router.on(judged("nginx", Holds));
  EXPECT_EQ(router.state(), State::Backup);
}

TEST(TrackFault, AReloadThatFollowsItNoMoreEndsIt) {
  DrivenInstance router = backup({fault("nginx")});
  router.on(judged("nginx", Fails));
  ASSERT_EQ(router.state(), State::Initialize);
  router.at(1s).on(Reconfigured{some_config()});
  EXPECT_EQ(router.state(), State::Backup);
}

// Status.

TEST(TrackStatus, HasThePartsOfThePriority) {
  DrivenInstance router = master({weight("nginx", -30), fault("disk")});
  router.at(4s).on(TracksJudged{{{TrackKind::Script, "nginx", {Fails, false, 0, "refused"}}}});
  const std::vector<vrrp::TrackStatus> tracks = router.status().tracks;
  ASSERT_EQ(tracks.size(), 2U);
  EXPECT_EQ(tracks[0].name, "nginx");
  EXPECT_EQ(tracks[0].state, Fails);
  EXPECT_EQ(tracks[0].weight, -30);
  EXPECT_EQ(tracks[0].applied, -30);
  EXPECT_EQ(tracks[0].since, router.time());
  EXPECT_EQ(tracks[0].reason, "refused");
  EXPECT_EQ(tracks[1].state, Unknown);
  EXPECT_EQ(tracks[1].applied, 0);
}

TEST(TrackStatus, HasAllOfTheInstanceAndOfItsGroup) {
  std::vector<TrackConfig> own;
  std::vector<TrackConfig> group;
  for (std::size_t i = 0; i < kMaxTracks; ++i) {
    own.push_back(weight(("own" + std::to_string(i)).c_str(), -1));
    group.push_back(weight(("group" + std::to_string(i)).c_str(), -1));
  }
  DrivenInstance router = master({});
  router.on(Reconfigured{following(own), group, {}});
  const std::vector<vrrp::TrackStatus> tracks = router.status().tracks;
  ASSERT_EQ(tracks.size(), kMaxTracksShown);
  EXPECT_EQ(tracks.front().name, "own0");
  EXPECT_EQ(tracks.back().name, "group63");
  EXPECT_TRUE(tracks.back().is_of_group);
}

TEST(TrackStatus, SaysWhichTrackIsTheFault) {
  DrivenInstance router = backup({fault("disk"), fault("nginx"), weight("haproxy", -30)});
  router.on(judged("haproxy", Fails));
  router.on(judged("disk", CannotRun));
  router.on(judged("nginx", Fails));
  router.on(judged("nginx", CannotRun));  // keeps the last value
  const InstanceStatus status = router.status();
  EXPECT_FALSE(status.tracks[0].is_fault);
  EXPECT_TRUE(status.tracks[1].is_fault);
  EXPECT_FALSE(status.tracks[2].is_fault);
  EXPECT_EQ(explanation(status), "what it follows has failed: script nginx");
}

}  // namespace
}  // namespace evenkeel::vrrp
