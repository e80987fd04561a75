#include "daemon/process/stop_limits.h"

#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace evenkeel::daemon {
namespace {

TEST(StopLimits, TheUnitWaitsAsLongAsTheyAreMadeFor) {
  std::ifstream unit(UNIT_FILE);
  const std::string wanted = "TimeoutStopSec=" + std::to_string(kServiceManagerWaits.count()) + "s";
  bool is_there = false;
  for (std::string line; std::getline(unit, line);) is_there = is_there || line == wanted;
  EXPECT_TRUE(is_there) << wanted;
}

}  // namespace
}  // namespace evenkeel::daemon
