#include "vrrp/announcement_timer.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};
const AnnouncementSchedule kBurst{{0s, 50ms, 1s}, 60s};

TEST(AnnouncementTimer, IsStoppedAtFirst) {
  AnnouncementTimer timer;
  EXPECT_EQ(timer.next(), std::nullopt);
  EXPECT_FALSE(timer.expire(kBurst, kStart));
}

TEST(AnnouncementTimer, FollowsTheBurstThenRefreshes) {
  AnnouncementTimer timer;
  timer.start(kBurst, kStart);
  for (const Duration time : std::initializer_list<Duration>{0s, 50ms, 1s, 61s, 121s}) {
    EXPECT_EQ(timer.next(), kStart + time);
    EXPECT_FALSE(timer.expire(kBurst, kStart + time - 1ns));
    EXPECT_TRUE(timer.expire(kBurst, kStart + time));
    EXPECT_FALSE(timer.expire(kBurst, kStart + time));
  }
}

TEST(AnnouncementTimer, WhatWasMissedTogetherIsOneAnnouncement) {
  AnnouncementTimer timer;
  timer.start(kBurst, kStart);
  EXPECT_TRUE(timer.expire(kBurst, kStart + 70ms));
  EXPECT_EQ(timer.next(), kStart + 1s);
  EXPECT_TRUE(timer.expire(kBurst, kStart + 200s));
  EXPECT_EQ(timer.next(), kStart + 260s);
}

TEST(AnnouncementTimer, EndsWithoutARefresh) {
  const AnnouncementSchedule once{{10ms}, 0s};
  AnnouncementTimer timer;
  timer.start(once, kStart);
  EXPECT_EQ(timer.next(), kStart + 10ms);
  EXPECT_TRUE(timer.expire(once, kStart + 10ms));
  EXPECT_EQ(timer.next(), std::nullopt);
}

TEST(AnnouncementTimer, AnEmptyScheduleAnnouncesNothing) {
  AnnouncementTimer timer;
  timer.start({}, kStart);
  EXPECT_EQ(timer.next(), std::nullopt);
  timer.start({{}, 60s}, kStart);
  EXPECT_EQ(timer.next(), kStart + 60s);
}

TEST(AnnouncementTimer, StartsAnewAndStops) {
  AnnouncementTimer timer;
  timer.start(kBurst, kStart);
  EXPECT_TRUE(timer.expire(kBurst, kStart + 1s));
  timer.start(kBurst, kStart + 2s);
  EXPECT_EQ(timer.next(), kStart + 2s);
  timer.stop();
  EXPECT_EQ(timer.next(), std::nullopt);
  EXPECT_FALSE(timer.expire(kBurst, kStart + 3s));
}

// A reload between two of them.
TEST(AnnouncementTimer, AShorterScheduleEndsTheBurst) {
  AnnouncementTimer timer;
  timer.start(kBurst, kStart);
  EXPECT_TRUE(timer.expire(kBurst, kStart + 50ms));
  const AnnouncementSchedule shorter{{0s}, 0s};
  EXPECT_TRUE(timer.expire(shorter, kStart + 1s));
  EXPECT_EQ(timer.next(), std::nullopt);
}

}  // namespace
}  // namespace evenkeel::vrrp
