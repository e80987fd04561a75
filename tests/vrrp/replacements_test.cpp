#include "vrrp/replacements.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;

const InterfaceAddress kAddress{make_address("192.0.2.10"), 32};

InstanceConfig web(std::uint8_t id) {
  InstanceConfig config;
  config.name = "web";
  config.interface = "eth0";
  config.virtual_router_id = id;
  config.virtual_addresses = {kAddress};
  return config;
}

class ReplacementsTest : public ::testing::Test {
 protected:
  void leave(bool is_held, bool is_unanswered) {
    replacements_.leave(1, before_, is_held, is_unanswered, index_,
                        [this](RouterId id) { return !present_.contains(id); });
  }

  const InstanceConfig before_ = web(1);
  const Config config_{.address_lease = true, .instances = {web(2)}, .sync_groups = {}};
  ConfigIndex index_{{{.id = 7, .config = config_.instances.data()}}};
  std::set<RouterId> present_{1};
  Replacements replacements_;
};

TEST_F(ReplacementsTest, AHoldGoesToTheNextOfTheName) {
  leave(true, false);
  EXPECT_FALSE(replacements_.is_kept("eth0", kAddress)) << "another Master has it";
  const auto left = replacements_.take(7, config_.instances[0]);
  ASSERT_TRUE(left);
  EXPECT_TRUE(left->is_held);
  EXPECT_FALSE(left->takes_up_addresses);
  EXPECT_FALSE(replacements_.take(7, config_.instances[0])) << "once";
}

TEST_F(ReplacementsTest, WhatNobodyHasAnsweredForIsKeptUntilItIsTakenUp) {
  leave(false, true);
  EXPECT_TRUE(replacements_.is_kept("eth0", kAddress));
  EXPECT_FALSE(replacements_.is_kept("eth1", kAddress));
  EXPECT_TRUE(replacements_.take(7, config_.instances[0])->takes_up_addresses);
  EXPECT_FALSE(replacements_.is_kept("eth0", kAddress));
}

TEST_F(ReplacementsTest, WhoRunsAlreadyReplacesNobody) {
  present_.insert(7);
  leave(true, true);
  EXPECT_FALSE(replacements_.take(7, config_.instances[0]));
  EXPECT_FALSE(replacements_.is_kept("eth0", kAddress));
}

TEST_F(ReplacementsTest, WhoseKeyAnotherStillHasTakesUpNoAddresses) {
  index_ = ConfigIndex({{.id = 7, .config = config_.instances.data(), .replaces = 2}});
  present_.insert(2);
  leave(true, true);
  EXPECT_FALSE(replacements_.is_kept("eth0", kAddress)) << "a Master may have answered the other";
  EXPECT_FALSE(replacements_.take(7, config_.instances[0])->takes_up_addresses);
  present_.erase(2);
  leave(false, true);
  EXPECT_TRUE(replacements_.take(7, config_.instances[0])->takes_up_addresses);
}

TEST_F(ReplacementsTest, NothingIsKeptForWhoDoesNotComeAfterAll) {
  leave(true, true);
  replacements_.update(index_);
  EXPECT_TRUE(replacements_.is_kept("eth0", kAddress));
  const ConfigIndex without;
  replacements_.update(without);
  EXPECT_FALSE(replacements_.is_kept("eth0", kAddress));
  EXPECT_FALSE(replacements_.take(7, config_.instances[0]));
}

}  // namespace
}  // namespace evenkeel::vrrp
