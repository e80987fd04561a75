// Addresses that a reload gives from one instance to another.
#include "address_gaps.h"
#include "two_nodes.h"

namespace evenkeel::vrrp {
namespace {

using WriterMovesTest = TwoNodes;

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
  const auto is_on = [&](const std::string& interface) {
    const auto all = AddressWriter::open().value().read().value();
    return std::any_of(all.begin(), all.end(), [&](const InstalledAddress& each) {
      return each.interface_index == index_of(interface) &&
             each.address == host_address("192.0.2.21");
    });
  };
  ASSERT_TRUE(comes([&] { return is_on("left2") && !is_on("left"); }));
  EXPECT_EQ(gaps.count(moving), 0) << "to another interface";
  EXPECT_EQ(left_->statuses["third"].counters.addresses_put_back, 0U);
}

}  // namespace
}  // namespace evenkeel::vrrp
