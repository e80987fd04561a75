#include "vrrp/frame_order.h"

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

class FrameOrderTest : public ::testing::Test {
 protected:
  FrameOrder::Sent batch() { return order_.send(routers_, frames_); }
  void add(Asked asked) { routers_.push_back(std::make_unique<FakeRouter>(asked)); }
  Asked left(std::size_t router) { return routers_[router]->left; }

  std::vector<std::unique_ptr<FakeRouter>> routers_;

 private:
  FrameOrder order_;
  int frames_ = 0;
};

TEST_F(FrameOrderTest, ABatchIsBounded) {
  add({.probes = 20, .announcements = 20});
  FrameOrder::Sent sent = batch();
  EXPECT_EQ(sent.count, FrameOrder::kMost);
  EXPECT_FALSE(sent.is_all);
  sent = batch();
  EXPECT_EQ(sent.count, 40 - FrameOrder::kMost);
  EXPECT_TRUE(sent.is_all);
  EXPECT_EQ(batch().count, 0U);
}

TEST_F(FrameOrderTest, NobodyIsNoRouter) {
  EXPECT_TRUE(batch().is_all);
}

/// A hundred Backups that ask do not keep the one that takes over from telling its neighbours.
TEST_F(FrameOrderTest, AnnouncementsHaveTheirShareBesideAnyNumberOfProbes) {
  for (int i = 0; i < 100; ++i) add({.probes = 256});
  add({.announcements = 40});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(batch().count, FrameOrder::kMost);
  EXPECT_EQ(left(100).announcements, 0U);
}

TEST_F(FrameOrderTest, AndProbesBesideAnyNumberOfAnnouncements) {
  for (int i = 0; i < 100; ++i) add({.announcements = 16'000});
  add({.probes = 20});
  (void)batch();
  (void)batch();
  EXPECT_EQ(left(100).probes, 0U);
}

TEST_F(FrameOrderTest, WhatOneDoesNotNeedTheOtherHas) {
  add({.probes = 1000});
  EXPECT_EQ(batch().count, FrameOrder::kMost);
  routers_.clear();
  add({.announcements = 1000});
  EXPECT_EQ(batch().count, FrameOrder::kMost);
}

TEST_F(FrameOrderTest, WhoHasThousandsKeepsNobodyWaiting) {
  add({.announcements = 16'000});
  add({.announcements = 1});
  add({.announcements = 1});
  (void)batch();
  (void)batch();
  EXPECT_EQ(left(1).announcements + left(2).announcements, 0U);
}

}  // namespace
}  // namespace evenkeel::vrrp
