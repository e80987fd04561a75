#include "vrrp/timers.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

// The expected durations are literals: in C++, 1s * 156 / 256 is 0s.

TEST(Timers, SkewOfVersion3ScalesWithTheInterval) {
  EXPECT_EQ(skew_time(Version::V3, 254, 10ms), 78125ns);
  EXPECT_EQ(skew_time(Version::V3, 253, 10ms), 117187ns);  // and a half
  EXPECT_EQ(skew_time(Version::V3, 100, 10ms), 6093750ns);
  EXPECT_EQ(skew_time(Version::V3, 100, 1s), 609375us);
  EXPECT_EQ(skew_time(Version::V3, 1, 40950ms), 40790039062ns);
  EXPECT_EQ(skew_time(Version::V3, 255, 1s), 3906250ns);
  EXPECT_EQ(skew_time(Version::V3, 0, 1s), 1s);
}

TEST(Timers, SkewOfVersion2DoesNot) {
  EXPECT_EQ(skew_time(Version::V2, 254, 1s), 7812500ns);
  EXPECT_EQ(skew_time(Version::V2, 200, 10s), 218750us);
  EXPECT_EQ(skew_time(Version::V2, 200, 255s), 218750us);
  EXPECT_EQ(skew_time(Version::V2, 100, 1s), 609375us);
}

TEST(Timers, MasterDownIntervalIsThreeIntervalsAndTheSkew) {
  EXPECT_EQ(master_down_interval(Version::V3, 254, 10ms), 30078125ns);
  EXPECT_EQ(master_down_interval(Version::V3, 253, 10ms), 30117187ns);
  EXPECT_EQ(master_down_interval(Version::V3, 100, 10ms), 36093750ns);
  EXPECT_EQ(master_down_interval(Version::V3, 100, 1s), 3609375us);
  EXPECT_EQ(master_down_interval(Version::V3, 1, 40950ms), 163640039062ns);
  EXPECT_EQ(master_down_interval(Version::V2, 254, 1s), 3007812500ns);
  EXPECT_EQ(master_down_interval(Version::V2, 200, 10s), 30218750us);
}

// A tie would make every Backup take over at once (the fault of whole-centisecond arithmetic).
TEST(Timers, NoTwoPrioritiesHaveTheSameSkewAtTheShortestInterval) {
  for (int priority = 1; priority < 255; ++priority) {
    EXPECT_GT(skew_time(Version::V3, static_cast<std::uint8_t>(priority), 10ms),
              skew_time(Version::V3, static_cast<std::uint8_t>(priority + 1), 10ms))
        << priority;
  }
}

TEST(Timers, AMasterThatLeavesWaitsForTheSlowestSuccessor) {
  EXPECT_EQ(leave_limit(Version::V3, 1s), 1196093750ns);
  EXPECT_EQ(leave_limit(Version::V3, 10ms), 209960937ns);
  EXPECT_EQ(leave_limit(Version::V2, 10s), 1196093750ns);
}

TEST(Timers, ALoneNodeHasTenSecondsToStartAgain) {
  EXPECT_EQ(kUnansweredLease, 10s);
}

TEST(Timers, TheLeaseIsLongerThanTheMasterDownIntervalAndNeverShort) {
  EXPECT_EQ(lease_time(Version::V3, 100, 1s), 4331250us);
  EXPECT_EQ(lease_time(Version::V3, 100, 10ms), 3s);
  EXPECT_EQ(lease_time(Version::V2, 200, 10s), 36262500us);
}

static_assert(skew_time(Version::V3, 100, std::chrono::seconds(1)) ==
              std::chrono::microseconds(609375));

}  // namespace
}  // namespace evenkeel::vrrp
