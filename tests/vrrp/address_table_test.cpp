#include "vrrp/address_table.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;

InstalledAddress address(const std::string& text, std::uint8_t prefix_length,
                         bool is_ours = false) {
  return {.interface_index = 1, .address = {make_address(text), prefix_length}, .is_ours = is_ours};
}

TEST(AddressTable, KeepsTheOrderAndKnowsNewsFromNone) {
  AddressTable table;
  EXPECT_TRUE(table.put(address("192.0.2.9", 24)));
  EXPECT_TRUE(table.put(address("192.0.2.1", 32, true)));
  EXPECT_TRUE(table.put(address("192.0.2.5", 24)));
  EXPECT_FALSE(table.put(address("192.0.2.9", 24)));
  EXPECT_TRUE(table.put(address("192.0.2.9", 24, true))) << "the mark is another";
  EXPECT_EQ(table.all(), (std::vector<InstalledAddress>{address("192.0.2.9", 24, true),
                                                        address("192.0.2.1", 32, true),
                                                        address("192.0.2.5", 24)}));
  EXPECT_EQ(table.unmarked().size(), 1U);
  EXPECT_EQ(table.unmarked().begin()->second, address("192.0.2.5", 24));
}

TEST(AddressTable, ComparesThePrefixOverIpv4Only) {
  const AddressTable table({address("192.0.2.1", 24), address("2001:db8::1", 64)});
  EXPECT_NE(table.find({make_address("192.0.2.1"), 24}), nullptr);
  EXPECT_EQ(table.find({make_address("192.0.2.1"), 32}), nullptr);
  EXPECT_NE(table.find({make_address("2001:db8::1"), 128}), nullptr);
  EXPECT_EQ(table.find({make_address("2001:db8::2"), 64}), nullptr);
  EXPECT_NE(table.find(make_address("192.0.2.1")), nullptr);
  EXPECT_EQ(table.find(make_address("192.0.2.2")), nullptr);
}

TEST(AddressTable, LosesWhatIsTakenAway) {
  AddressTable table({address("192.0.2.1", 24), address("2001:db8::1", 64, true)});
  EXPECT_FALSE(table.erase({make_address("192.0.2.1"), 32}));
  EXPECT_TRUE(table.erase({make_address("192.0.2.1"), 24}));
  table.erase_other_prefixes({make_address("2001:db8::1"), 64});
  EXPECT_EQ(table.size(), 1U);
  table.erase_other_prefixes({make_address("2001:db8::1"), 128});
  EXPECT_EQ(table, AddressTable());
}

TEST(AddressTable, ThousandsAreNoTrouble) {
  AddressTable table;
  for (std::uint32_t i = 0; i < 16'000; ++i) {
    ASSERT_TRUE(table.put({.address = {boost::asio::ip::address_v4(0x0A000000U + i), 32}}));
  }
  for (std::uint32_t i = 0; i < 16'000; ++i) {
    ASSERT_TRUE(table.erase({boost::asio::ip::address_v4(0x0A000000U + i), 32}));
  }
  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace evenkeel::vrrp
