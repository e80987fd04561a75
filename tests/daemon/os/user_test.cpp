#include "daemon/os/user.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

constexpr char kNoEntry[] = "4000000000";

TEST(UserNamed, IsFoundByNameAndByNumber) {
  EXPECT_EQ(uid_named("root"), 0U);
  EXPECT_EQ(uid_named("0"), 0U);
  ASSERT_TRUE(user_named("root"));
  EXPECT_EQ(user_named("0"), user_named("root"));
}

TEST(UserNamed, ANumberWithoutAnEntryIsAUserToCompareWithOnly) {
  EXPECT_EQ(uid_named(kNoEntry), 4'000'000'000U);
  EXPECT_FALSE(user_named(kNoEntry));
}

TEST(UserNamed, WhoDoesNotExistIsNobody) {
  EXPECT_FALSE(uid_named("no-such-user"));
  EXPECT_FALSE(user_named("no-such-user"));
}

}  // namespace
}  // namespace evenkeel::daemon
