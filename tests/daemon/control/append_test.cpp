#include "daemon/control/append.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

std::string text_of(std::chrono::nanoseconds duration) {
  std::string out = "for ";
  append_duration(out, duration);
  return out;
}

TEST(Append, DurationsHaveTheLargestUnitAndThreePlaces) {
  EXPECT_EQ(text_of(1s), "for 1s");
  EXPECT_EQ(text_of(40950ms), "for 40.95s");
  EXPECT_EQ(text_of(3609375us), "for 3.609s");
  EXPECT_EQ(text_of(10ms), "for 10ms");
  EXPECT_EQ(text_of(999999999ns), "for 999.999ms");
  EXPECT_EQ(text_of(609375us), "for 609.375ms");
  EXPECT_EQ(text_of(78125ns), "for 78.125us");
  EXPECT_EQ(text_of(1005us), "for 1.005ms");
  EXPECT_EQ(text_of(999ns), "for 0s");
  EXPECT_EQ(text_of(-1s), "for 0s");
}

TEST(Append, TimesAreUtc) {
  std::string out;
  append_time(out, std::chrono::system_clock::time_point(1'698'963'200s));
  EXPECT_EQ(out, "2023-11-02 22:13:20 UTC");
}

}  // namespace
}  // namespace evenkeel::daemon
