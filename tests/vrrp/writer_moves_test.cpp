// Addresses that a reload gives from one instance to another.
#include "address_gaps.h"
#include "two_nodes.h"
#include "valid_time.h"

namespace evenkeel::vrrp {
namespace {

class WriterMovesTest : public TwoNodes {
 protected:
  static bool is_on(const std::string& interface, const Address& address) {
    const auto all = AddressWriter::open().value().read().value();
    return std::any_of(all.begin(), all.end(), [&](const InstalledAddress& each) {
      return each.interface_index == index_of(interface) && each.address.address == address;
    });
  }
};

TEST_F(WriterMovesTest, AnAddressThatMovesToAnotherInstanceStays) {
  InstanceConfig second = instance("left", 150);
  second.name = "second";
  second.virtual_router_id = 62;
  second.virtual_addresses = {host_address("192.0.2.20"), host_address("192.0.2.21")};
  left_->writer().configure(config_of({instance("left", 150), second}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.21"); }));
  InstanceConfig first = instance("left", 150);
  first.virtual_addresses.push_back(host_address("192.0.2.21"));
  second.virtual_addresses.pop_back();
  left_->writer().configure(config_of({first, second}), true);
  EXPECT_FALSE(comes([&] { return !is_installed("192.0.2.21"); }, 1500ms));
  EXPECT_EQ(left_->statuses["web"].counters.addresses_put_back, 0U);
  EXPECT_EQ(left_->statuses["second"].counters.addresses_put_back, 0U);
}

/// It is there all the time, be it for a moment on both interfaces.
TEST_F(WriterMovesTest, AnAddressThatMovesIsNeverDroppedFirst) {
  add_cable("left2", "right2");
  run(Host::Left, "ip addr add 172.16.0.1/24 dev left2");
  InstanceConfig first = instance("left", 150);
  first.virtual_addresses = {host_address("192.0.2.10"), host_address("192.0.2.21")};
  InstanceConfig second = instance("left", 150);
  second.name = "second";
  second.virtual_router_id = 62;
  second.virtual_addresses = {host_address("192.0.2.20")};
  InstanceConfig third = instance("left2", 150);
  third.name = "third";
  third.virtual_addresses = {host_address("192.0.2.30")};
  left_->writer().configure(config_of({first, second, third}), true);
  ASSERT_TRUE(is_master_of("192.0.2.21"));
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.20") && is_installed("192.0.2.30"); }));
  AddressGaps gaps;
  const Address moving = make_address("192.0.2.21");

  second.virtual_addresses.push_back(first.virtual_addresses[1]);
  first.virtual_addresses.pop_back();
  left_->writer().configure(config_of({first, second, third}), true);
  EXPECT_FALSE(comes([&] { return gaps.count(moving) > 0; }, 500ms)) << "to the same interface";

  third.virtual_addresses.push_back(second.virtual_addresses[1]);
  second.virtual_addresses.pop_back();
  left_->writer().configure(config_of({first, second, third}), true);
  ASSERT_TRUE(comes([&] { return is_on("left2", moving) && !is_on("left", moving); }));
  EXPECT_EQ(gaps.count(moving), 0) << "to another interface";
  EXPECT_EQ(left_->statuses["third"].counters.addresses_put_back, 0U);
}

InstanceConfig with(InstanceConfig config, const std::string& name, std::uint8_t id,
                    const std::vector<std::string>& addresses) {
  config.name = name;
  config.virtual_router_id = id;
  config.virtual_addresses.clear();
  for (const std::string& each : addresses) {
    config.virtual_addresses.push_back(host_address(each));
  }
  return config;
}

TEST_F(WriterMovesTest, TwoThatExchangeAddressesNeverLetThemGo) {
  InstanceConfig first = with(instance("left", 150), "web", 61, {"192.0.2.10", "192.0.2.21"});
  InstanceConfig second = with(instance("left", 150), "second", 62, {"192.0.2.20", "192.0.2.22"});
  left_->writer().configure(config_of({first, second}), true);
  ASSERT_TRUE(is_master_of("192.0.2.21"));
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.22"); }));
  AddressGaps gaps;
  std::swap(first.virtual_addresses[1], second.virtual_addresses[1]);
  left_->writer().configure(config_of({first, second}), true);
  const auto gap_count = [&] {
    return gaps.count(make_address("192.0.2.21")) + gaps.count(make_address("192.0.2.22"));
  };
  EXPECT_FALSE(comes([&] { return gap_count() > 0; }, 500ms));
  EXPECT_TRUE(is_installed("192.0.2.21"));
  EXPECT_TRUE(is_installed("192.0.2.22"));
  EXPECT_EQ(left_->statuses["web"].counters.addresses_put_back, 0U);
  EXPECT_EQ(left_->statuses["second"].counters.addresses_put_back, 0U);
}

TEST_F(WriterMovesTest, AnAddressIsKeptForAnInstanceThatIsNotMasterYet) {
  InstanceConfig first = with(instance("left", 150), "web", 61, {"192.0.2.10", "192.0.2.21"});
  left_->writer().configure(config_of({first}), true);
  left_->writer().set_ready();
  ASSERT_TRUE(is_master_of("192.0.2.21"));
  AddressGaps gaps;
  const Address moving = make_address("192.0.2.21");
  first.virtual_addresses.pop_back();
  const InstanceConfig second = with(instance("left", 150), "second", 62, {"192.0.2.21"});
  left_->writer().configure(config_of({first, second}), true);
  ASSERT_TRUE(comes([&] { return left_->statuses["second"].state == State::Master; }));
  EXPECT_FALSE(comes([&] { return gaps.count(moving) > 0; }, 500ms));
  EXPECT_TRUE(is_installed("192.0.2.21"));

  left_->writer().configure(config_of({first}), true);
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.21"); }, 2s));
}

TEST_F(WriterMovesTest, AndForOneThatWaitsForAnotherToLeave) {
  InstanceConfig first = with(instance("left", 150), "web", 61, {"192.0.2.10", "192.0.2.21"});
  const InstanceConfig old = with(instance("left", 150), "second", 62, {"192.0.2.20"});
  left_->writer().configure(config_of({first, old}), true);
  ASSERT_TRUE(is_master_of("192.0.2.21"));
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.20"); }));
  AddressGaps gaps;
  first.virtual_addresses.pop_back();
  const InstanceConfig second = with(instance("left", 150), "second", 63, {"192.0.2.21"});
  left_->writer().configure(config_of({first, second}), true);
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.20"); })) << "the other has left";
  EXPECT_TRUE(comes([&] { return left_->statuses["second"].state == State::Master; }));
  EXPECT_EQ(gaps.count(make_address("192.0.2.21")), 0);

  // Another time nobody comes after all.
  const InstanceConfig third = with(instance("left", 150), "second", 64, {"192.0.2.21"});
  first.virtual_addresses.push_back(host_address("192.0.2.22"));
  left_->writer().configure(config_of({first, second}), true);
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.22"); }));
  first.virtual_addresses.pop_back();
  const InstanceConfig fourth = with(instance("left", 150), "second", 65, {"192.0.2.22"});
  left_->writer().configure(config_of({first, fourth}), true);
  EXPECT_FALSE(comes([&] { return !is_installed("192.0.2.22"); }, 150ms));
  left_->writer().configure(config_of({first, third}), true);
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.22"); }, 2s));
}

TEST_F(WriterMovesTest, AnAddressIsNotKeptForAnInstanceWhoseKeyAnotherStillHas) {
  InstanceConfig first = with(instance("left", 150), "web", 61, {"192.0.2.10", "192.0.2.21"});
  const InstanceConfig old = with(instance("left", 150), "second", 62, {"192.0.2.20"});
  left_->writer().configure(config_of({first, old}), true);
  ASSERT_TRUE(is_master_of("192.0.2.21"));
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.20"); }));
  first.virtual_addresses = {host_address("192.0.2.10"), host_address("192.0.2.11")};
  InstanceConfig next = with(instance("left", 150), "second", 62, {"192.0.2.21"});
  next.version = Version::V2;  // replaces `old`, with its key
  next.advertisement_interval = 1s;
  left_->writer().configure(config_of({first, next}), true);
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.11"); })) << "after the removals";
  EXPECT_FALSE(is_installed("192.0.2.21"));
}

TEST_F(WriterMovesTest, AnInstanceDoesNotResumeWhileAnotherLeavesWithItsKey) {
  const InstanceConfig first = with(instance("left", 150), "web", 61, {"192.0.2.10"});
  InstanceConfig second = with(instance("left", 150), "second", 62, {"192.0.2.20"});
  second.advertisement_interval = 300ms;  // leaves after `first`
  left_->writer().configure(config_of({first, second}), true);
  ASSERT_TRUE(is_master_of("192.0.2.10"));
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.20"); }));
  InstanceConfig next = with(instance("left", 150), "next", 62, {"192.0.2.10"});
  next.version = Version::V2;
  next.advertisement_interval = 1s;
  left_->writer().configure(config_of({next}), true);
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.10"); }))
      << "left unanswered, taken up by nobody";
}

TEST_F(WriterMovesTest, ItsLastLeaseOutlastsWhoIsWaitedFor) {
  InstanceConfig first = with(instance("left", 150), "web", 61, {"192.0.2.10", "192.0.2.22"});
  InstanceConfig old = with(instance("left", 150), "second", 63, {"192.0.2.20"});
  old.advertisement_interval = 40s;
  left_->writer().configure(config_of({first, old}), true);
  ASSERT_TRUE(is_master_of("192.0.2.22"));
  first.virtual_addresses = {host_address("192.0.2.10"), host_address("192.0.2.11")};
  InstanceConfig second = with(instance("left", 150), "second", 64, {"192.0.2.22"});
  second.advertisement_interval = 5s;
  left_->writer().configure(config_of({first, second}), true);
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.11"); }));
  EXPECT_GT(valid_time("192.0.2.22"), 100);
}

/// The same address elsewhere is another matter: fe80::1, say.
TEST_F(WriterMovesTest, AnAddressIsKeptForABackupOnItsInterfaceRatherThanAMasterElsewhere) {
  add_cable("left2", "right2");
  run(Host::Left, "ip addr add 172.16.0.1/24 dev left2");
  const InstanceConfig elsewhere =
      with(instance("left2", 150), "elsewhere", 63, {"192.0.2.30", "192.0.2.21"});
  InstanceConfig first = with(instance("left", 150), "web", 61, {"192.0.2.10", "192.0.2.21"});
  left_->writer().configure(config_of({elsewhere, first}), true);
  const Address moving = make_address("192.0.2.21");
  ASSERT_TRUE(comes([&] { return is_on("left2", moving) && is_on("left", moving); }));
  first.virtual_addresses = {host_address("192.0.2.10"), host_address("192.0.2.11")};
  InstanceConfig second = with(instance("left", 150), "second", 62, {"192.0.2.21"});
  second.advertisement_interval = 500ms;
  left_->writer().configure(config_of({elsewhere, first, second}), true);
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.11"); }));
  EXPECT_TRUE(comes([&] {
    EXPECT_TRUE(is_on("left", moving));
    return HasFailure() || left_->statuses["second"].state == State::Master;
  }));
}

TEST_F(WriterMovesTest, WhatIsKeptGoesWhenTheNodeStops) {
  InstanceConfig first =
      with(instance("left", 150), "web", 61, {"192.0.2.10", "192.0.2.21", "192.0.2.22"});
  const InstanceConfig old = with(instance("left", 150), "third", 63, {"192.0.2.30"});
  left_->writer().configure(config_of({first, old}), true);
  ASSERT_TRUE(is_master_of("192.0.2.22"));
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.30"); }));
  first.virtual_addresses = {host_address("192.0.2.10"), host_address("192.0.2.11")};
  InstanceConfig second = with(instance("left", 150), "second", 62, {"192.0.2.21"});
  second.advertisement_interval = 3s;
  const InstanceConfig third = with(instance("left", 150), "third", 64, {"192.0.2.22"});
  left_->writer().configure(config_of({first, second, third}), true);
  ASSERT_TRUE(comes([&] { return is_installed("192.0.2.11"); }));
  EXPECT_TRUE(is_installed("192.0.2.21")) << "for one that is Backup";
  EXPECT_TRUE(is_installed("192.0.2.22")) << "for one that waits for another to leave";
  left_->writer().leave();
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.22"); }, 5s)) << "its lease is 10 s";
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.21"); }, 5s)) << "likewise";
}

TEST_F(WriterMovesTest, WhatIsKeptGoesWhenSomebodyElseIsMaster) {
  InstanceConfig first = with(instance("left", 150), "web", 61, {"192.0.2.10", "192.0.2.21"});
  left_->writer().configure(config_of({first}), true);
  ASSERT_TRUE(is_master_of("192.0.2.21"));
  on(Host::Right, [&] {
    const InstanceConfig theirs = with(instance("right", 200), "second", 62, {"192.0.2.21"});
    right_->writer().configure(config_of({theirs}), true);
  });
  ASSERT_TRUE(comes([&] { return right_has("192.0.2.21"); }));
  first.virtual_addresses.pop_back();
  const InstanceConfig second = with(instance("left", 150), "second", 62, {"192.0.2.21"});
  left_->writer().configure(config_of({first, second}), true);
  EXPECT_TRUE(comes([&] { return !is_installed("192.0.2.21"); }, 2s)) << "its lease is 10 s";
  EXPECT_EQ(left_->statuses["second"].state, State::Backup);
}

}  // namespace
}  // namespace evenkeel::vrrp
