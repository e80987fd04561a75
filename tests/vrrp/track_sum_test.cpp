// What tracks come to: the rules, one a test.
#include "vrrp/track_sum.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using enum TrackState;
using enum TrackEffect;

constexpr TimePoint kNow{std::chrono::hours(1)};

FollowedTrack track(TrackEffect effect, int weight, TrackKind kind = TrackKind::Script) {
  return {.config = {.kind = kind,
                     .name = "it",
                     .effect = effect,
                     .weight = static_cast<std::int16_t>(weight)}};
}

FollowedTrack track(TrackEffect effect, int weight, std::initializer_list<TrackResult> results,
                    TrackKind kind = TrackKind::Script) {
  FollowedTrack followed = track(effect, weight, kind);
  for (const TrackResult& each : results) followed.judge(each, kNow);
  return followed;
}

TrackSum all_of(const std::vector<FollowedTrack>& tracks) {
  return sum_of(tracks, is_cut_off(tracks, {}));
}

std::int32_t sum(std::initializer_list<FollowedTrack> tracks) {
  return all_of(tracks).sum;
}

bool is_fault(std::initializer_list<FollowedTrack> tracks) {
  return all_of(tracks).has_fault;
}

TEST(TrackSum, ANegativeWeightIsSubtractedWhileItFails) {
  EXPECT_EQ(sum({track(Weight, -30, {{Holds}})}), 0);
  EXPECT_EQ(sum({track(Weight, -30, {{Fails}})}), -30);
}

TEST(TrackSum, APositiveWeightIsAddedWhileItHolds) {
  EXPECT_EQ(sum({track(Weight, 30, {{Holds}})}), 30);
  EXPECT_EQ(sum({track(Weight, 30, {{Fails}})}), 0);
}

TEST(TrackSum, AllAreAdded) {
  const TrackSum all = all_of({track(Weight, -30, {{Fails}}), track(Weight, 20, {{Holds}}),
                               track(Number, -2, {{Fails, false, 3}})});
  EXPECT_EQ(all.sum, -16);
  EXPECT_EQ(all.applied, (std::vector<std::int32_t>{-30, 20, -6}));
}

TEST(TrackSum, UnknownCountsAsHolding) {
  EXPECT_EQ(sum({track(Weight, -30)}), 0);
  EXPECT_EQ(sum({track(Weight, 30)}), 30);
  EXPECT_EQ(sum({track(Number, -2)}), 0);
  EXPECT_FALSE(is_fault({track(Fault, 0)}));
  EXPECT_TRUE(all_of({track(Fault, 0)}).has_unknown);
  EXPECT_FALSE(all_of({track(Fault, 0, {{Holds}})}).has_unknown);
}

TEST(TrackSum, ANumberKeepsItsLastValue) {
  EXPECT_EQ(sum({track(Number, 1, {{Holds, false, -40}, {CannotRun}})}), -40);
  EXPECT_EQ(sum({track(Number, 1, {{Holds, false, -40}, {Unknown}})}), -40);
  EXPECT_EQ(sum({track(Number, 1, {{CannotRun, false, 7}})}), 0);
}

TEST(TrackSum, WhatCannotRunKeepsTheLastValue) {
  EXPECT_EQ(sum({track(Weight, -30, {{Holds}, {CannotRun}})}), 0);
  EXPECT_EQ(sum({track(Weight, -30, {{Fails}, {CannotRun}})}), -30);
  EXPECT_EQ(sum({track(Weight, 30, {{Holds}, {CannotRun}})}), 30);
  EXPECT_FALSE(is_fault({track(Fault, 0, {{Holds}, {CannotRun}})}));
  EXPECT_TRUE(is_fault({track(Fault, 0, {{Fails}, {CannotRun}})}));
}

TEST(TrackSum, WhatCouldNeverRunFailsByItsWeightAndIsNoFault) {
  EXPECT_EQ(sum({track(Weight, -30, {{CannotRun}})}), -30);
  EXPECT_EQ(sum({track(Weight, 30, {{CannotRun}})}), 0);
  EXPECT_FALSE(is_fault({track(Fault, 0, {{CannotRun}})}));
  EXPECT_FALSE(all_of({track(Fault, 0, {{CannotRun}})}).has_unknown);
}

TEST(TrackSum, StaleKeepsTheValue) {
  EXPECT_EQ(sum({track(Weight, -30, {{Fails}, {Fails, true}})}), -30);
  EXPECT_TRUE(is_fault({track(Fault, 0, {{Fails}, {Fails, true}})}));
}

TEST(TrackSum, EachFaultIsNamed) {
  const TrackSum all = all_of({track(Weight, 200, {{Holds}}), track(Fault, 0, {{Holds}}),
                               track(Fault, 0, {{Fails}}), track(Fault, 0, {{Fails}})});
  EXPECT_EQ(all.faults, (std::vector{false, false, true, true}));
}

TEST(TrackSum, OfANodeThatIsCutOffTheGatewayAloneCounts) {
  const auto check = [](TrackEffect effect, int weight, TrackState state) {
    return track(effect, weight, {{state}}, TrackKind::Check);
  };
  const FollowedTrack gateway = track(Weight, -5, {{Fails}}, TrackKind::Gateway);
  EXPECT_EQ(sum({gateway, check(Weight, -30, Fails), check(Weight, -40, Fails)}), -5);
  EXPECT_FALSE(is_fault({gateway, check(Fault, 0, Fails)}));
  // A check that holds shows that this node is not: they count.
  EXPECT_EQ(sum({gateway, check(Weight, -30, Fails), check(Weight, -40, Holds)}), -35);
  EXPECT_EQ(sum({track(Weight, -5, {{Holds}}, TrackKind::Gateway), check(Weight, -30, Fails)}),
            -30);
  // Other kinds count in any case.
  EXPECT_EQ(sum({gateway, check(Weight, -30, Fails), track(Weight, -7, {{Fails}})}), -12);
  EXPECT_TRUE(is_fault({track(Fault, 0, {{Fails}}, TrackKind::Gateway), check(Fault, 0, Fails)}));
}

TEST(TrackSum, NoNumberOverflows) {
  const FollowedTrack huge = track(Number, 253, {{Holds, false, 2'000'000'000}});
  EXPECT_EQ(sum({huge}), 100'000);
  EXPECT_EQ(effective_priority(100, sum({huge, huge})), 254);
}

TEST(TrackSum, SinceIsWhenTheStateHasChanged) {
  FollowedTrack followed = track(Fault, 0);
  EXPECT_TRUE(followed.judge({Fails, false, 0, "refused"}, kNow));
  EXPECT_FALSE(followed.judge({Fails, false, 0, "refused"}, kNow + std::chrono::seconds(1)));
  EXPECT_TRUE(followed.judge({Fails, false, 0, "timeout"}, kNow + std::chrono::seconds(2)));
  EXPECT_EQ(followed.since, kNow);
  EXPECT_EQ(followed.result.reason, "timeout");
}

TEST(EffectivePriority, IsBounded) {
  EXPECT_EQ(effective_priority(100, -30), 70);
  EXPECT_EQ(effective_priority(100, -300), 1);
  EXPECT_EQ(effective_priority(100, 300), 254);
  EXPECT_EQ(effective_priority(255, -30), 255);
}

}  // namespace
}  // namespace evenkeel::vrrp
