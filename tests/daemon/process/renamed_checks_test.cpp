#include "daemon/process/renamed_checks.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

checks::Check check(std::uint16_t port) {
  checks::Check result;
  result.port = port;
  return result;
}

TEST(RenamedChecks, FollowsWhatIsInBothLists) {
  EXPECT_EQ(renamed_checks({check(1), check(2), check(3)}, {check(3), check(4), check(1)}),
            (RenamedChecks{{0, 2}, {2, 0}}));
  EXPECT_TRUE(renamed_checks({}, {check(1)}).empty());
  EXPECT_TRUE(renamed_checks({check(1)}, {}).empty());
}

}  // namespace
}  // namespace evenkeel::daemon
