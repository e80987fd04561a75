#include "daemon/process/liveness.h"

#include <gtest/gtest.h>
#include <vector>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

TEST(RespawnBackoff, DoublesUpToTheLongest) {
  RespawnBackoff backoff({.first = 100ms, .longest = 5s, .steady = 10s});
  std::vector<Duration> delays;
  for (int i = 0; i < 8; ++i) delays.push_back(backoff.after_death(1s));
  EXPECT_EQ(delays, (std::vector<Duration>{100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5s, 5s}));
}

TEST(RespawnBackoff, AFirstOfZeroIsFollowedByATenthOfASecond) {
  RespawnBackoff backoff({.first = 0s, .longest = 5s, .steady = 10s});
  EXPECT_EQ(backoff.after_death(1s), 0s);
  EXPECT_EQ(backoff.after_death(1s), 100ms);
  EXPECT_EQ(backoff.after_death(1s), 200ms);
  EXPECT_EQ(backoff.after_death(10s), 0s);
}

TEST(RespawnBackoff, StartsAfreshAfterASteadyLife) {
  RespawnBackoff backoff({.first = 100ms, .longest = 5s, .steady = 10s});
  EXPECT_EQ(backoff.after_death(0s), 100ms);
  EXPECT_EQ(backoff.after_death(9999ms), 200ms);
  EXPECT_EQ(backoff.after_death(10s), 100ms);
  EXPECT_EQ(backoff.after_death(0s), 200ms);
}

TEST(PingCount, AnsweredPingsGoOnForEver) {
  PingCount count(1s, 3s, 3s);
  for (std::uint64_t sequence = 1; sequence < 100; ++sequence) {
    ASSERT_EQ(count.next(), sequence);
    count.answered(sequence);
  }
}

TEST(PingCount, SilentAfterTheLimit) {
  PingCount count(1s, 3s, 3s);
  EXPECT_EQ(count.next(), 1U);  // at 0 s
  EXPECT_EQ(count.next(), 2U);
  EXPECT_EQ(count.next(), 3U);
  EXPECT_EQ(count.next(), 0U);  // at 3 s
}

TEST(PingCount, LimitIsRoundedUpToTicks) {
  PingCount uneven(250ms, 600ms, 600ms);
  EXPECT_EQ(uneven.next(), 1U);
  EXPECT_EQ(uneven.next(), 2U);
  EXPECT_EQ(uneven.next(), 3U);
  EXPECT_EQ(uneven.next(), 0U);  // at 750 ms

  PingCount shorter_than_an_interval(1s, 1ms, 1ms);
  EXPECT_EQ(shorter_than_an_interval.next(), 1U);
  EXPECT_EQ(shorter_than_an_interval.next(), 0U);
}

TEST(PingCount, ALateAnswerIsALifeSign) {
  PingCount count(1s, 3s, 3s);
  EXPECT_EQ(count.next(), 1U);
  EXPECT_EQ(count.next(), 2U);
  EXPECT_EQ(count.next(), 3U);
  count.answered(1);
  EXPECT_EQ(count.next(), 4U);
  EXPECT_EQ(count.next(), 5U);
  EXPECT_EQ(count.next(), 0U);
}

TEST(PingCount, WaitsLongerForTheFirstAnswer) {
  PingCount count(1s, 2s, 4s);
  EXPECT_EQ(count.next(), 1U);
  EXPECT_EQ(count.next(), 2U);
  EXPECT_EQ(count.next(), 3U);
  EXPECT_FALSE(count.has_answered());
  count.answered(3);
  EXPECT_TRUE(count.has_answered());
  EXPECT_EQ(count.next(), 4U);
  EXPECT_EQ(count.next(), 5U);
  EXPECT_EQ(count.next(), 0U);

  PingCount silent(1s, 2s, 4s);
  for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) EXPECT_EQ(silent.next(), sequence);
  EXPECT_EQ(silent.next(), 0U);  // at 4 s
}

TEST(PingCount, AnswersToNothingDoNotCount) {
  PingCount count(1s, 2s, 2s);
  count.answered(1);  // not sent yet
  EXPECT_EQ(count.next(), 1U);
  count.answered(1);
  EXPECT_EQ(count.next(), 2U);
  count.answered(1);  // again
  count.answered(77);
  EXPECT_EQ(count.next(), 3U);
  EXPECT_EQ(count.next(), 0U);
}

}  // namespace
}  // namespace evenkeel::daemon
