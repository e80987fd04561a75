#include "vrrp/address_list.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;

std::vector<InterfaceAddress> addresses(std::initializer_list<const char*> texts) {
  std::vector<InterfaceAddress> result;
  for (const char* text : texts) result.push_back({make_address(text), 24});
  return result;
}

ListMatch compare(std::initializer_list<const char*> ours,
                  std::initializer_list<const char*> theirs, Family family = Family::IPv4) {
  return AddressList(addresses(ours), family)
      .compare(AddressList(addresses(theirs), family).octets());
}

TEST(AddressList, IsAdvertisedInItsOrder) {
  const AddressList list(addresses({"192.0.2.10", "10.0.0.1"}), Family::IPv4);
  EXPECT_EQ(list.octets(), (std::vector<std::uint8_t>{192, 0, 2, 10, 10, 0, 0, 1}));
  EXPECT_EQ(AddressList(addresses({"fe80::1"}), Family::IPv6).octets().size(), 16U);
}

TEST(AddressList, OrderAndRepetitionDoNotCount) {
  EXPECT_EQ(compare({"192.0.2.10", "192.0.2.11"}, {"192.0.2.10", "192.0.2.11"}), ListMatch::Same);
  EXPECT_EQ(compare({"192.0.2.10", "192.0.2.11"}, {"192.0.2.11", "192.0.2.10"}), ListMatch::Same);
  EXPECT_EQ(compare({"192.0.2.10"}, {"192.0.2.10", "192.0.2.10"}), ListMatch::Same);
  EXPECT_EQ(compare({"192.0.2.10", "192.0.2.10"}, {"192.0.2.10"}), ListMatch::Same);
}

TEST(AddressList, OneAddressInCommonIsEnough) {
  EXPECT_EQ(compare({"192.0.2.10"}, {"192.0.2.9", "192.0.2.10"}), ListMatch::Common);
  EXPECT_EQ(compare({"192.0.2.10", "192.0.2.11"}, {"192.0.2.11"}), ListMatch::Common);
  EXPECT_EQ(compare({"192.0.2.10", "192.0.2.11"}, {"192.0.2.11", "192.0.2.12"}), ListMatch::Common);
  EXPECT_EQ(compare({"fe80::1", "2001:db8::1"}, {"2001:db8::1"}, Family::IPv6), ListMatch::Common);
}

TEST(AddressList, ThoseOfAStrangerAreForeign) {
  EXPECT_EQ(compare({"192.0.2.10", "192.0.2.11"}, {"200.200.200.200"}), ListMatch::Foreign);
  EXPECT_EQ(compare({"192.0.2.10"}, {"192.0.2.9", "192.0.2.11"}), ListMatch::Foreign);
  EXPECT_EQ(compare({"2001:db8::1"}, {"2001:db8::2"}, Family::IPv6), ListMatch::Foreign);
}

TEST(AddressList, TheLongestListsAreCompared) {
  std::vector<InterfaceAddress> ours;
  for (unsigned i = 0; i < kMaxVirtualAddresses; ++i) {
    ours.push_back({boost::asio::ip::address_v4(0x0a000000U + 2 * i), 32});
  }
  std::vector<InterfaceAddress> theirs(ours.rbegin(), ours.rend());
  const AddressList list(ours, Family::IPv4);
  EXPECT_EQ(list.compare(AddressList(theirs, Family::IPv4).octets()), ListMatch::Same);
  theirs.pop_back();
  EXPECT_EQ(list.compare(AddressList(theirs, Family::IPv4).octets()), ListMatch::Common);
}

TEST(AddressList, OnlyAStrangersListDoesNotTakePart) {
  for (const auto list : {ListMatch::Same, ListMatch::Common}) {
    EXPECT_TRUE(takes_part(list, ForeignAddressList::Ignore));
  }
  EXPECT_FALSE(takes_part(ListMatch::Foreign, ForeignAddressList::Ignore));
  EXPECT_TRUE(takes_part(ListMatch::Foreign, ForeignAddressList::Accept));
}

TEST(AddressList, AnExtraAddressIsInCommon) {
  const auto ours = addresses({"192.0.2.10"});
  const auto extra = addresses({"192.0.2.77", "fe80::77", "192.0.2.11"});
  const AddressList list(ours, Family::IPv4, extra);
  const auto compare = [&](const std::vector<InterfaceAddress>& theirs) {
    return list.compare(AddressList(theirs, Family::IPv4).octets());
  };
  EXPECT_EQ(compare(addresses({"192.0.2.10"})), ListMatch::Same);
  EXPECT_EQ(compare(addresses({"192.0.2.11"})), ListMatch::Common);
  EXPECT_EQ(compare(addresses({"192.0.2.10", "192.0.2.77"})), ListMatch::Common);
  EXPECT_EQ(compare(addresses({"192.0.2.12"})), ListMatch::Foreign);
  EXPECT_EQ(list.octets().size(), 4U) << "it is not advertised";
}

}  // namespace
}  // namespace evenkeel::vrrp
