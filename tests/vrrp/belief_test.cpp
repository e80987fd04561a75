// The truth table of when somebody is believed to have our addresses.
#include "vrrp/belief.h"

#include <gtest/gtest.h>
#include <vector>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{std::chrono::hours(1)};

struct Case {
  const char* what;
  std::vector<Duration> signs;
  Duration apart;
  bool is_held;
};

TEST(Belief, TwoSignsAnIntervalApart) {
  const std::vector<Case> cases = {
      {"none", {}, 1s, false},
      {"one", {0s}, 1s, false},
      {"two at once", {0s, 0s}, 1s, false},
      {"two within an interval", {0s, 900ms}, 1s, false},
      {"many within an interval", {0s, 100ms, 200ms, 300ms, 900ms}, 1s, false},
      {"two an interval apart", {0s, 1s}, 1s, true},
      {"two, the second a little early", {0s, 950ms}, 1s, true},
      {"two, far apart", {0s, 9s}, 1s, true},
      {"the first and the third", {0s, 500ms, 1s}, 1s, true},
      {"two of a fast router", {0s, 10ms}, 10ms, true},
      {"one that is enough", {0s}, 0s, true},
      {"an older one after it", {2s, 0s}, 1s, false},
      {"an interval apart of the longest", {0s, 40s}, 40950ms, true},
  };
  for (const Case& each : cases) {
    Belief belief;
    for (const Duration at : each.signs) belief.see(kStart + at, each.apart);
    EXPECT_EQ(belief.is_held(), each.is_held) << each.what;
  }
}

TEST(Belief, IsHeldUntilItIsForgotten) {
  Belief belief;
  belief.see(kStart, 1s);
  belief.see(kStart + 1s, 1s);
  belief.see(kStart + 1100ms, 1s);
  EXPECT_TRUE(belief.is_held());
}

TEST(Belief, IsForgottenThreeIntervalsAndTenSecondsAfterTheLast) {
  struct Forgotten {
    Duration interval;
    Duration after;
    bool is_over;
  };
  const std::vector<Forgotten> cases = {
      {10ms, 10s, false}, {10ms, 10001ms, true}, {1s, 10s, false},   {1s, 10001ms, true},
      {4s, 11s, false},   {4s, 12s, false},      {4s, 12001ms, true}};
  for (const Forgotten& each : cases) {
    Belief belief;
    belief.see(kStart, each.interval);
    belief.see(kStart + each.interval, each.interval);
    const TimePoint last = kStart + each.interval;
    EXPECT_EQ(belief.is_over(last + each.after, each.interval), each.is_over)
        << each.interval.count() << " " << each.after.count();
  }
}

}  // namespace
}  // namespace evenkeel::vrrp
