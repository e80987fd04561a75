// Other lists of addresses under our virtual router ID: a stranger's, and those of a rolling
// change.
#include <array>
#include <gtest/gtest.h>

#include "driven_instance.h"

namespace evenkeel::vrrp {
namespace {

constexpr std::array<std::uint8_t, 4> kTheirs{200, 200, 200, 200};
constexpr std::array<std::uint8_t, 8> kBoth{192, 0, 2, 10, 192, 0, 2, 11};

InstanceConfig accepting() {
  InstanceConfig config = some_config();
  config.foreign_address_list = ForeignAddressList::Accept;
  return config;
}

TEST(AddressLists, AMasterKeepsItsAddressFromAStranger) {
  DrivenInstance router = DrivenInstance::master();
  EXPECT_EQ(router.at(4s).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign), "");
  EXPECT_EQ(router.state(), State::Master);
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign), "");
  EXPECT_FALSE(router.reported());
  const InstanceStatus status = router.status();
  ASSERT_EQ(status.other_lists.size(), 1U);
  EXPECT_TRUE(status.other_lists[0].is_ignored);
  EXPECT_EQ(to_string(status.other_lists[0]), "192.0.2.9: 200.200.200.200");
  EXPECT_EQ(status.counters.advertisements_received, 0U);
  EXPECT_TRUE(status.peers.empty());
}

TEST(AddressLists, ABackupDoesNotWaitForAStranger) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(2s).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign);
  EXPECT_EQ(router.deadline(), 2609375us);  // the probe
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.now(), 3609375us);
}

TEST(AddressLists, AStrangerIsNoSuccessor) {
  DrivenInstance router = DrivenInstance::master();
  router.at(4s).on(Leave{});
  EXPECT_EQ(router.at(4700ms).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign), "");
  EXPECT_TRUE(router.status().is_leaving);
}

TEST(AddressLists, AForeignOneTakesPartWhereItIsAccepted) {
  DrivenInstance router = DrivenInstance::master(accepting());
  EXPECT_EQ(router.at(4s).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign),
            "advertise 100, remove");
  EXPECT_EQ(router.state(), State::Backup);
  ASSERT_EQ(router.status().other_lists.size(), 1U);
  EXPECT_FALSE(router.status().other_lists[0].is_ignored);
}

TEST(AddressLists, OneWithAnAddressInCommonTakesPart) {
  for (const Version version : {Version::V2, Version::V3}) {
    InstanceConfig config = some_config();
    config.version = version;
    DrivenInstance router = DrivenInstance::master(config);
    EXPECT_EQ(router.at(4s).hears_list(kLowAddress, 150, kBoth, ListMatch::Common),
              "advertise 100, remove");
    EXPECT_EQ(router.status().master, boost::asio::ip::make_address(kLowAddress));
    ASSERT_EQ(router.status().other_lists.size(), 1U);
    EXPECT_FALSE(router.status().other_lists[0].is_ignored);
  }
}

TEST(AddressLists, AreForgottenWhenOursIsHeardOrNobody) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(1s).hears_list(kLowAddress, 150, kBoth, ListMatch::Common);
  EXPECT_EQ(router.instance().headline().other_lists, 1U);
  router.at(2s).hears(kLowAddress, 150);
  EXPECT_TRUE(router.reported());
  EXPECT_EQ(router.instance().headline().other_lists, 0U);

  DrivenInstance master = DrivenInstance::master();
  master.at(4s).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign);
  while (master.deadline() < 14s) master.waits();
  EXPECT_EQ(master.status().other_lists.size(), 1U);
  master.waits();
  EXPECT_TRUE(master.reported());
  EXPECT_TRUE(master.status().other_lists.empty());
}

TEST(AddressLists, AMasterOfOtherAddressesSaysSoAtOnce) {
  DrivenInstance router = DrivenInstance::master();
  InstanceConfig config = some_config();
  config.virtual_addresses = {{boost::asio::ip::make_address("192.0.2.20"), 32}};
  EXPECT_EQ(router.at(4s).on(Reconfigured{config}), "advertise 100, install");
  EXPECT_EQ(router.installed(), "announce");
}

// Whom it has not heeded so far may be the Master of the new ones.
TEST(AddressLists, ABackupOfOtherAddressesListensAnew) {
  DrivenInstance router = DrivenInstance::backup();
  router.at(3500ms);
  InstanceConfig config = some_config();
  config.virtual_addresses = {{boost::asio::ip::make_address("192.0.2.20"), 32}};
  router.on(Reconfigured{config});
  router.expires();
  EXPECT_EQ(router.state(), State::Backup);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.now(), 7109375us);
}

}  // namespace
}  // namespace evenkeel::vrrp
