#include "daemon/config/duration.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsOneIntegerAndOneUnit) {
  EXPECT_EQ(parse_duration("250ms"), Duration(250ms));
  EXPECT_EQ(parse_duration("1s"), Duration(1s));
  EXPECT_EQ(parse_duration("5m"), Duration(5min));
  EXPECT_EQ(parse_duration("2h"), Duration(2h));
  EXPECT_EQ(parse_duration("0s"), Duration(0s));
  EXPECT_EQ(parse_duration("007s"), Duration(7s));
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* const text : {"", "s", "1", "1 s", " 1s", "1s ", "1.5s", "-1s", "+1s", "1S",
                                 "1d", "1us", "1min", "1h30m", "1s1s", "0x1s", "s1", "1m s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, RefusesWhatDoesNotFit) {
  EXPECT_TRUE(parse_duration("2562047h"));
  EXPECT_FALSE(parse_duration("2562048h"));
  EXPECT_FALSE(parse_duration("9223372036854775807s"));
  EXPECT_FALSE(parse_duration("99999999999999999999s"));
}

TEST(Duration, IsWrittenInTheLargestExactUnit) {
  EXPECT_EQ(to_string(Duration(0s)), "0s");
  EXPECT_EQ(to_string(Duration(250ms)), "250ms");
  EXPECT_EQ(to_string(Duration(90s)), "90s");
  EXPECT_EQ(to_string(Duration(300s)), "5m");
  EXPECT_EQ(to_string(Duration(7200s)), "2h");
}

TEST(Duration, IsReadAsItIsWritten) {
  for (const Duration duration : {Duration(1ms), Duration(999ms), Duration(59s), Duration(61min)}) {
    EXPECT_EQ(parse_duration(to_string(duration)), duration);
  }
}

}  // namespace
}  // namespace evenkeel::daemon
