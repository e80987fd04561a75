#include "vrrp/storm_guard.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(StormGuard, FiveTimesInTenSecondsAreAStorm) {
  StormGuard guard;
  for (const Duration time : {0s, 1s, 2s, 3s}) EXPECT_FALSE(guard.record(kStart + time));
  EXPECT_TRUE(guard.record(kStart + 10s));
  EXPECT_FALSE(guard.record(kStart + 11001ms));
  EXPECT_TRUE(guard.record(kStart + 12s));
}

TEST(StormGuard, ANanosecondMoreAndItIsNone) {
  StormGuard guard;
  for (const Duration time : {0s, 1s, 2s, 3s}) EXPECT_FALSE(guard.record(kStart + time));
  EXPECT_FALSE(guard.record(kStart + 10s + 1ns));
}

TEST(StormGuard, WhatHappensTogetherHappensOnce) {
  StormGuard guard;
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(guard.record(kStart + i * 990us));
  for (const Duration time : {100ms, 200ms, 300ms}) EXPECT_FALSE(guard.record(kStart + time));
  EXPECT_TRUE(guard.record(kStart + 400ms));
}

}  // namespace
}  // namespace evenkeel::vrrp
