// A sync group that follows something.
#include <gtest/gtest.h>

#include "driven_pair.h"

namespace evenkeel::vrrp {
namespace {

TracksJudged judged(TrackState state) {
  return {{{TrackKind::Script, "nginx", {.state = state}}}};
}

/// `a` follows nginx, and the group follows the switch.
void follow(Pair& pair, TrackEffect effect, std::int16_t weight = 0) {
  const TrackConfig nginx{
      .kind = TrackKind::Script, .name = "nginx", .effect = effect, .weight = weight};
  const TrackConfig cable{
      .kind = TrackKind::Interface, .name = "eth9", .effect = effect, .weight = weight};
  Reconfigured a{config_of("a"), {cable}};
  a.config.tracks = {nginx};
  pair.a.on(a);
  pair.b.on(Reconfigured{config_of("b"), {cable}});
}

TEST(SyncGroupTracks, EachMemberHasTheLowestSumAndTheGroups) {
  Pair pair;
  pair.become_master();
  follow(pair, TrackEffect::Weight, -30);
  pair.at(4s).a.on(judged(TrackState::Fails));
  EXPECT_EQ(pair.settle(), "a: advertise 70; b: advertise 70");
  EXPECT_EQ(pair.b.status().by_members, -30);
  EXPECT_EQ(pair.a.status().by_members, 0);
  const TracksJudged cable{{{TrackKind::Interface, "eth9", {.state = TrackState::Fails}}}};
  EXPECT_EQ(pair.at(5s).a.on(cable), "advertise 40");
  EXPECT_EQ(pair.b.on(cable), "advertise 40");
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.at(6s).a.on(judged(TrackState::Holds)), "");
  EXPECT_EQ(pair.settle(), "a: advertise 70; b: advertise 70");
}

TEST(SyncGroupTracks, APositiveWeightOfOneMemberIsNotAdded) {
  Pair pair;
  pair.start();
  follow(pair, TrackEffect::Weight, 30);
  pair.settle();
  EXPECT_EQ(pair.a.status().priority, 130);  // the group's, which is unknown; b's own sum is 0
  EXPECT_EQ(pair.a.status().by_members, -30);
}

TEST(SyncGroupTracks, LeaveForAFaultTogether) {
  Pair pair;
  pair.become_master();
  follow(pair, TrackEffect::Fault);
  EXPECT_EQ(pair.at(5s).a.on(judged(TrackState::Fails)), "");
  EXPECT_EQ(pair.settle(), "a: advertise 0; b: advertise 0");
  EXPECT_EQ(pair.at(5700ms).a.hears(kHighAddress, 90), "");
  EXPECT_EQ(pair.settle(), "");  // b has not heard its own
  EXPECT_EQ(pair.at(5701ms).b.hears(kHighAddress, 90), "");
  EXPECT_EQ(pair.settle(), "a: remove; b: remove");
  EXPECT_EQ(pair.a.reason(), Reason::TrackFailed);
  EXPECT_EQ(pair.b.reason(), Reason::GroupMemberDown);
  EXPECT_EQ(pair.b.state(), State::Initialize);
}

TEST(SyncGroupTracks, LeaveUnansweredTogether) {
  Pair pair;
  pair.become_master();
  follow(pair, TrackEffect::Fault);
  pair.at(5s).a.on(judged(TrackState::Fails));
  pair.settle();
  pair.at(9196093750ns);
  EXPECT_EQ(pair.b.expires(), "remove");
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.expires(), "remove");
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.reason(), Reason::TrackFailed);
  EXPECT_EQ(pair.b.reason(), Reason::GroupMemberDown);
}

TEST(SyncGroupTracks, ComeBackTogether) {
  Pair pair;
  pair.start();
  follow(pair, TrackEffect::Fault);
  pair.at(1s).a.on(judged(TrackState::Fails));
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.state(), State::Initialize);
  EXPECT_EQ(pair.b.state(), State::Initialize);
  pair.at(2s).a.on(judged(TrackState::Holds));
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.state(), State::Backup);
  EXPECT_EQ(pair.b.state(), State::Backup);
  EXPECT_EQ(pair.a.deadline(), 4609375us);
}

TEST(SyncGroupTracks, WaitForTheLastFault) {
  Pair pair;
  pair.start();
  follow(pair, TrackEffect::Fault);
  const auto cable = [](TrackState state) {
    return TracksJudged{{{TrackKind::Interface, "eth9", {.state = state}}}};
  };
  for (DrivenInstance* member : {&pair.a, &pair.b}) {
    member->on(cable(TrackState::Fails));
    pair.settle();
  }
  EXPECT_EQ(pair.b.reason(), Reason::TrackFailed);
  pair.b.on(InterfaceChanged{Reason::InterfaceDown, {}});
  pair.settle();
  for (DrivenInstance* member : {&pair.a, &pair.b}) {
    member->on(cable(TrackState::Holds));
    pair.settle();
  }
  EXPECT_EQ(pair.a.reason(), Reason::GroupMemberDown);
  pair.b.on(kUsable);
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.state(), State::Backup);
  EXPECT_EQ(pair.b.state(), State::Backup);
}

TEST(SyncGroupTracks, AGatewayOfTheGroupIsAWitnessForTheChecksOfAMember) {
  Pair pair;
  pair.become_master();
  const TrackConfig gateway{
      .kind = TrackKind::Gateway, .name = "gate", .effect = TrackEffect::Weight, .weight = -5};
  Reconfigured a{config_of("a"), {gateway}};
  a.config.tracks = {{.kind = TrackKind::Check, .name = "nginx"}};
  pair.a.on(a);
  pair.b.on(Reconfigured{config_of("b"), {gateway}});
  pair.settle();
  const TracksJudged lost{{{TrackKind::Gateway, "gate", {.state = TrackState::Fails}}}};
  pair.at(4s).a.on(lost);
  pair.b.on(lost);
  EXPECT_EQ(pair.settle(), "");
  pair.at(5s).a.on(TracksJudged{{{TrackKind::Check, "nginx", {.state = TrackState::Fails}}}});
  EXPECT_EQ(pair.settle(), "") << "no fault, and no other priority";
  EXPECT_TRUE(pair.a.status().is_cut_off);
  EXPECT_FALSE(pair.b.status().is_cut_off);
  EXPECT_EQ(pair.a.status().priority, 95);
  EXPECT_EQ(pair.a.state(), State::Master);
  const TracksJudged back{{{TrackKind::Gateway, "gate", {.state = TrackState::Holds}}}};
  pair.at(6s).a.on(back);
  pair.b.on(back);
  EXPECT_EQ(pair.settle(), "a: advertise 0; b: advertise 0") << "the check counts again";
}

TEST(SyncGroupTracks, AMemberThatResumesAfterTheVerdictLeavesToo) {
  Pair pair;
  follow(pair, TrackEffect::Fault);
  pair.a.starts();
  pair.a.on(judged(TrackState::Fails));
  EXPECT_EQ(pair.settle(), "");
  pair.b.on(kUsable);
  EXPECT_EQ(pair.b.on(Resume{}), "install, advertise 100");
  EXPECT_EQ(pair.settle(), "b: advertise 0");
  EXPECT_TRUE(pair.b.status().is_leaving);
}

TEST(SyncGroupTracks, WaitForTheSuccessorOfTheSlowestMember) {
  Pair pair;
  pair.become_master();
  follow(pair, TrackEffect::Fault);
  pair.b.on(Reconfigured{config_of("b", 3s)});
  pair.settle();
  pair.at(5s).a.on(judged(TrackState::Fails));
  EXPECT_EQ(pair.settle(), "a: advertise 0; b: advertise 0");
  EXPECT_EQ(pair.a.deadline(), 17188281250ns);  // 5 s, b's leave_limit(), three intervals of b
  EXPECT_EQ(pair.b.deadline(), 17188281250ns);
}

TEST(SyncGroupTracks, AFailoverThatAFaultMeetsWaitsForThemToo) {
  Pair pair;
  pair.become_master();
  follow(pair, TrackEffect::Fault);
  pair.settle();
  pair.at(5s).a.on(Leave{LeaveFor::Failover});
  pair.b.on(Leave{LeaveFor::Failover});
  pair.settle();
  pair.at(5100ms).a.on(judged(TrackState::Fails));
  EXPECT_EQ(pair.settle(), "");
  EXPECT_EQ(pair.a.deadline(), 9196093750ns);
  EXPECT_EQ(pair.b.deadline(), 9196093750ns);
}

TEST(SyncGroupTracks, AMemberThatIsStoppedIsNoFaultOfTheOthers) {
  Pair pair;
  follow(pair, TrackEffect::Fault);
  pair.a.on(judged(TrackState::Fails));
  pair.b.starts();
  EXPECT_EQ(pair.b.state(), State::Backup);
  EXPECT_EQ(pair.settle(), "");
  EXPECT_FALSE(pair.b.instance().following().has_fault());
}

}  // namespace
}  // namespace evenkeel::vrrp
