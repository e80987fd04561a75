#include "vrrp/receive_time.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow(100s);
constexpr ReceiveTime kWallClock(5000s);

TEST(ReceiveTime, IsAnAgeOnTheWallClock) {
  EXPECT_EQ(on_our_clock(std::nullopt, kNow, kWallClock, 2s), kNow);
  EXPECT_EQ(on_our_clock(kWallClock - 300ms, kNow, kWallClock, 2s), kNow - 300ms);
  EXPECT_EQ(on_our_clock_soon(kWallClock - 300ms, kNow, kWallClock, 2s, kNow - 1s), kNow - 300ms);
  EXPECT_EQ(on_our_clock_soon(std::nullopt, kNow, kWallClock, 2s, kNow - 1s), kNow);
}

/// Whoever sets it makes nothing come later than it did, nor long before.
TEST(ReceiveTime, OfAClockThatWasSetIsBounded) {
  EXPECT_EQ(on_our_clock(kWallClock + 1h, kNow, kWallClock, 2s), kNow);
  EXPECT_EQ(on_our_clock(kWallClock - 1h, kNow, kWallClock, 2s), kNow - 2s);
  EXPECT_EQ(on_our_clock_soon(kWallClock + 1h, kNow, kWallClock, 2s, kNow - 1s), kNow);
}

/// An answer to our question must not seem to have come before it.
TEST(ReceiveTime, WhatSeemsTooOldCameNow) {
  EXPECT_EQ(on_our_clock_soon(kWallClock - 2s, kNow, kWallClock, 2s, kNow - 1s), kNow - 2s);
  EXPECT_EQ(on_our_clock_soon(kWallClock - 2001ms, kNow, kWallClock, 2s, kNow - 1s), kNow);
  EXPECT_EQ(on_our_clock_soon(kWallClock - 1h, kNow, kWallClock, 2s, kNow - 1s), kNow);
}

/// A process that was stopped.
TEST(ReceiveTime, WhatHasWaitedWhileNobodyLookedIsOld) {
  EXPECT_EQ(on_our_clock_soon(kWallClock - 50s, kNow, kWallClock, 2s, kNow - 60s), kNow - 50s);
  EXPECT_EQ(on_our_clock_soon(kWallClock - 61s, kNow, kWallClock, 2s, kNow - 60s), kNow);
}

}  // namespace
}  // namespace evenkeel::vrrp
