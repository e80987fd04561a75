#include "daemon/control/client_places.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

constexpr uid_t kRoot = 0;
constexpr uid_t kSelf = 7;
constexpr PlaceLimits kLimits{.all = 10, .per_user = 3, .reserve = 2};

int taken_by(ClientPlaces& places, uid_t user) {
  int count = 0;
  while (count < 100 && places.take(user)) ++count;
  return count;
}

TEST(ClientPlaces, OneUserHasAShare) {
  ClientPlaces places(kLimits, kSelf);
  EXPECT_EQ(taken_by(places, 1000), 3);
  EXPECT_EQ(taken_by(places, 1001), 3);
}

TEST(ClientPlaces, RootHasAReserve) {
  ClientPlaces places(kLimits, kSelf);
  int others = 0;
  for (uid_t user = 1000; user < 1010; ++user) others += taken_by(places, user);
  EXPECT_EQ(others, 8);
  EXPECT_TRUE(places.take(kSelf));
  EXPECT_EQ(taken_by(places, kRoot), 1);
  EXPECT_FALSE(places.take(kSelf));
}

TEST(ClientPlaces, RootMayHaveThemAll) {
  ClientPlaces places(kLimits, kSelf);
  EXPECT_EQ(taken_by(places, kRoot), 10);
  EXPECT_FALSE(places.take(1000));
}

TEST(ClientPlaces, WhoLeavesGivesHisBack) {
  ClientPlaces places(kLimits, kSelf);
  EXPECT_EQ(taken_by(places, 1000), 3);
  places.give_back(1000);
  EXPECT_EQ(taken_by(places, 1000), 1);
  for (int i = 0; i < 3; ++i) places.give_back(1000);
  places.give_back(1000);  // he has none: nothing happens
  int others = 0;
  for (uid_t user = 1000; user < 1010; ++user) others += taken_by(places, user);
  EXPECT_EQ(others, 8);
}

}  // namespace
}  // namespace evenkeel::daemon
