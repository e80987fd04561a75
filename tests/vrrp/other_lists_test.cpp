#include "vrrp/other_lists.h"

#include <array>
#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

constexpr std::array<std::uint8_t, 4> kOne{10, 0, 0, 1};
constexpr std::array<std::uint8_t, 8> kTwo{10, 0, 0, 1, 10, 0, 0, 2};
const Address kPeer = make_address("192.0.2.3");

TEST(OtherLists, AreNewsOnceASender) {
  OtherLists lists;
  EXPECT_TRUE(lists.heard(kPeer, kTwo, Family::IPv4, true, TimePoint(1s)));
  EXPECT_FALSE(lists.heard(kPeer, kTwo, Family::IPv4, true, TimePoint(2s)));
  const OtherList expected{kPeer, true, 2, {make_address("10.0.0.1"), make_address("10.0.0.2")}};
  EXPECT_EQ(lists.lists(), std::vector{expected});
}

TEST(OtherLists, ASenderThatChangesItAllTheTimeIsNoFloodOfNews) {
  OtherLists lists;
  EXPECT_TRUE(lists.heard(kPeer, kOne, Family::IPv4, true, TimePoint(1s)));
  EXPECT_FALSE(lists.heard(kPeer, kTwo, Family::IPv4, true, TimePoint(2s)));
  EXPECT_EQ(lists.lists()[0].count, 1U);
  EXPECT_TRUE(lists.heard(kPeer, kTwo, Family::IPv4, true, TimePoint(11s)));
  EXPECT_EQ(lists.lists()[0].count, 2U);
}

TEST(OtherLists, EndWhereOursIsHeardOrNothing) {
  OtherLists lists;
  (void)lists.heard(kPeer, kOne, Family::IPv4, true, TimePoint(1s));
  EXPECT_FALSE(lists.heard_ours(make_address("192.0.2.4")));
  EXPECT_TRUE(lists.heard_ours(kPeer));
  EXPECT_EQ(lists.size(), 0U);
  (void)lists.heard(kPeer, kOne, Family::IPv4, true, TimePoint(11s));
  EXPECT_FALSE(lists.forget_before(TimePoint(11s)));
  EXPECT_TRUE(lists.forget_before(TimePoint(12s)));
  EXPECT_EQ(lists.size(), 0U);
}

TEST(OtherLists, ASenderOfBothListsInTurnIsNoFloodOfNews) {
  OtherLists lists;
  EXPECT_TRUE(lists.heard(kPeer, kOne, Family::IPv4, true, TimePoint(1s)));
  EXPECT_TRUE(lists.heard_ours(kPeer));
  for (Duration time = 1s; time < 11s; time += 10ms) {
    EXPECT_FALSE(lists.heard(kPeer, kTwo, Family::IPv4, true, TimePoint(time)));
    EXPECT_FALSE(lists.heard_ours(kPeer));
  }
  EXPECT_EQ(lists.size(), 0U);
  EXPECT_TRUE(lists.heard(kPeer, kOne, Family::IPv4, true, TimePoint(11s)));
  EXPECT_EQ(lists.lists().size(), 1U);
}

TEST(OtherLists, APlaceIsFreeWhereOnlyOursWasHeardForAWhile) {
  OtherLists lists;
  for (unsigned i = 0; i < kMaxOtherLists; ++i) {
    const Address source = boost::asio::ip::address_v4(i + 1);
    (void)lists.heard(source, kOne, Family::IPv4, true, TimePoint(1s));
    (void)lists.heard_ours(source);
  }
  EXPECT_FALSE(lists.heard(kPeer, kOne, Family::IPv4, true, TimePoint(1s)));
  EXPECT_FALSE(lists.forget_before(TimePoint(2s)));
  EXPECT_TRUE(lists.heard(kPeer, kOne, Family::IPv4, true, TimePoint(2s)));
}

TEST(OtherLists, AreOfAFewSendersAndAFewAddressesEach) {
  OtherLists lists;
  const std::array<std::uint8_t, 4 * 20> many{};
  for (unsigned i = 0; i < 20; ++i) {
    (void)lists.heard(boost::asio::ip::address_v4(i + 1), many, Family::IPv4, true, TimePoint(1s));
  }
  ASSERT_EQ(lists.size(), kMaxOtherLists);
  EXPECT_EQ(lists.lists()[0].count, 20U);
  EXPECT_EQ(lists.lists()[0].addresses.size(), kMaxAddressesShown);
  EXPECT_EQ(to_string(lists.lists()[0]),
            "0.0.0.1: 0.0.0.0, 0.0.0.0, 0.0.0.0, 0.0.0.0, 0.0.0.0, 0.0.0.0, 0.0.0.0, 0.0.0.0 "
            "and 12 more");
}

}  // namespace
}  // namespace evenkeel::vrrp
