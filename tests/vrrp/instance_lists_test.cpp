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

InstanceConfig with_extra(InstanceConfig config) {
  config.extra_addresses = {{boost::asio::ip::make_address("192.0.2.77"), 32}};
  return config;
}

// Its whole list is another one since a reload; what it does not advertise it has still.
TEST(AddressLists, APeerWithAnotherListIsHeededWhereThereAreExtraAddresses) {
  DrivenInstance router = DrivenInstance::backup(with_extra(some_config()));
  router.at(1s).hears(kHighAddress, 200);
  for (const Duration time : {2s, 3s, 4s, 5s}) {
    EXPECT_EQ(router.at(time).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign), "");
  }
  EXPECT_EQ(router.deadline(), 7609375us) << "the probe before the takeover at 8.6 s";
  ASSERT_EQ(router.status().other_lists.size(), 1U);
  EXPECT_FALSE(router.status().other_lists[0].is_ignored);

  DrivenInstance without = DrivenInstance::backup();
  without.at(1s).hears(kHighAddress, 200);
  without.at(2s).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign);
  EXPECT_EQ(without.deadline(), 3609375us) << "nothing would have two owners";
}

TEST(AddressLists, AStrangerIsNoPeer) {
  DrivenInstance router = DrivenInstance::backup(with_extra(some_config()));
  router.at(1s).hears(kLowAddress, 200);
  router.at(2s).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign);
  EXPECT_EQ(router.deadline(), 3609375us);

  InstanceConfig unicast = with_extra(some_config());
  unicast.unicast = Unicast{boost::asio::ip::make_address("192.0.2.5"),
                            {boost::asio::ip::make_address(kHighAddress)}};
  DrivenInstance listed = DrivenInstance::backup(unicast);
  listed.at(2s).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign);
  EXPECT_EQ(listed.deadline(), 4609375us) << "nobody else's would get here";
}

TEST(AddressLists, WhoWasAcceptedIsAStrangerAgain) {
  DrivenInstance router = DrivenInstance::backup(with_extra(accepting()));
  router.at(1s).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign);
  router.at(2s).on(Reconfigured{with_extra(some_config())});
  router.at(2500ms).hears_list(kHighAddress, 200, kTheirs, ListMatch::Foreign);
  EXPECT_EQ(router.deadline(), 3609375us);
}

// What a unicast peer sends arrives when its kernel has found us.
TEST(AddressLists, AUnicastNewcomerOfOtherAddressesListensAsLong) {
  InstanceConfig config = some_config();
  config.advertisement_interval = 100ms;
  config.unicast = Unicast{boost::asio::ip::make_address("192.0.2.5"),
                           {boost::asio::ip::make_address(kHighAddress)}};
  DrivenInstance router = DrivenInstance::backup(config);
  EXPECT_EQ(router.deadline(), 1100ms) << "the probe";
  config.virtual_addresses = {{boost::asio::ip::make_address("192.0.2.20"), 32}};
  router.at(500ms).on(Reconfigured{config});
  EXPECT_EQ(router.deadline(), 1100ms);
  EXPECT_EQ(router.waits(), "probe");
  EXPECT_EQ(router.waits(), "install");
  EXPECT_EQ(router.now(), 1200ms);
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
