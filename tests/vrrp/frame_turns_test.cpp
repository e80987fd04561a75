#include "vrrp/frame_turns.h"

#include <gtest/gtest.h>
#include <memory>
#include <vector>

namespace evenkeel::vrrp {
namespace {

struct Asked {
  std::size_t probes = 0;
  std::size_t announcements = 0;
};

class FakeRouter {
 public:
  explicit FakeRouter(Asked asked) : left(asked) {}
  [[nodiscard]] bool is_probing() const { return left.probes > 0; }
  [[nodiscard]] bool is_announcing() const { return left.announcements > 0; }
  std::size_t send_probes(int&, std::size_t budget) { return take(left.probes, budget); }
  std::size_t send_announcements(int&, std::size_t budget) {
    return take(left.announcements, budget);
  }
  Asked left;

 private:
  static std::size_t take(std::size_t& from, std::size_t budget) {
    const std::size_t count = std::min(from, budget);
    from -= count;
    return count;
  }
};

class FrameTurnsTest : public ::testing::Test {
 protected:
  FrameTurns::Sent turn() { return turns_.send(routers_, frames_); }
  void add(Asked asked) { routers_.push_back(std::make_unique<FakeRouter>(asked)); }
  Asked left(std::size_t router) { return routers_[router]->left; }

  std::vector<std::unique_ptr<FakeRouter>> routers_;

 private:
  FrameTurns turns_;
  int frames_ = 0;
};

TEST_F(FrameTurnsTest, ATurnIsBounded) {
  add({.probes = 20, .announcements = 20});
  FrameTurns::Sent sent = turn();
  EXPECT_EQ(sent.count, FrameTurns::kMost);
  EXPECT_FALSE(sent.is_all);
  sent = turn();
  EXPECT_EQ(sent.count, 40 - FrameTurns::kMost);
  EXPECT_TRUE(sent.is_all);
  EXPECT_EQ(turn().count, 0U);
}

TEST_F(FrameTurnsTest, NobodyIsNoRouter) {
  EXPECT_TRUE(turn().is_all);
}

/// A hundred Backups that ask do not keep the one that takes over from telling its neighbours.
TEST_F(FrameTurnsTest, AnnouncementsHaveTheirShareBesideAnyNumberOfProbes) {
  for (int i = 0; i < 100; ++i) add({.probes = 256});
  add({.announcements = 40});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(turn().count, FrameTurns::kMost);
  EXPECT_EQ(left(100).announcements, 0U);
}

TEST_F(FrameTurnsTest, AndProbesBesideAnyNumberOfAnnouncements) {
  for (int i = 0; i < 100; ++i) add({.announcements = 16'000});
  add({.probes = 20});
  (void)turn();
  (void)turn();
  EXPECT_EQ(left(100).probes, 0U);
}

TEST_F(FrameTurnsTest, WhatOneDoesNotNeedTheOtherHas) {
  add({.probes = 1000});
  EXPECT_EQ(turn().count, FrameTurns::kMost);
  routers_.clear();
  add({.announcements = 1000});
  EXPECT_EQ(turn().count, FrameTurns::kMost);
}

TEST_F(FrameTurnsTest, WhoHasThousandsKeepsNobodyWaiting) {
  add({.announcements = 16'000});
  add({.announcements = 1});
  add({.announcements = 1});
  (void)turn();
  (void)turn();
  EXPECT_EQ(left(1).announcements + left(2).announcements, 0U);
}

}  // namespace
}  // namespace evenkeel::vrrp
