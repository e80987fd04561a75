#include "vrrp/rival_table.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;
using namespace std::chrono_literals;

constexpr TimePoint kStart{std::chrono::hours(1)};

Rival owner(std::uint8_t host, Duration at, std::uint8_t id = 52) {
  Rival rival;
  rival.mac = {2, 0, 0, 0, 0, host};
  rival.source = boost::asio::ip::address_v4({192, 0, 2, host});
  rival.is_owner = true;
  rival.address = make_address("192.0.2.10");
  rival.differences.add(Difference::VirtualRouterId);
  rival.virtual_router_id = id;
  rival.interval = 1s;
  rival.heard = kStart + at;
  return rival;
}

Rival peer(std::uint8_t host, Duration at) {
  Rival rival = owner(host, at);
  rival.is_owner = false;
  rival.differences = {};
  rival.differences.add(Difference::Interval);
  return rival;
}

Rival announcer(std::uint8_t host, Duration at) {
  Rival rival;
  rival.mac = {2, 0, 0, 0, 0, host};
  rival.is_owner = rival.is_announcing = true;
  rival.address = make_address("192.0.2.10");
  rival.heard = kStart + at;
  return rival;
}

TEST(RivalTable, AnOwnerIsBelievedAtTheSecondSign) {
  RivalTable table;
  table.see(owner(2, 0s), 1s);
  EXPECT_TRUE(table.believed().empty());
  EXPECT_EQ(table.generation(), 0U);
  table.see(owner(2, 1s), 1s);
  ASSERT_EQ(table.believed().size(), 1U);
  EXPECT_EQ(table.believed()[0], owner(2, 1s));
  EXPECT_EQ(table.generation(), 1U);
  table.see(owner(2, 2s), 1s);
  EXPECT_EQ(table.generation(), 1U) << "the same again is no news";
}

TEST(RivalTable, APeerThatDiffersIsBelievedAtOnce) {
  RivalTable table;
  table.see(peer(2, 0s), 1s);
  EXPECT_EQ(table.believed().size(), 1U);
  table.agree(make_address("192.0.2.2"), 52);
  EXPECT_TRUE(table.believed().empty());
  EXPECT_EQ(table.generation(), 2U);
}

TEST(RivalTable, TwoWhoAreSeenOnceEachAreNotBelieved) {
  RivalTable table;
  table.see(owner(2, 0s), 1s);
  table.see(owner(3, 1s), 1s);
  table.see(owner(2, 0s, 53), 1s);
  EXPECT_TRUE(table.believed().empty());
}

TEST(RivalTable, WhoIsSilentIsForgotten) {
  RivalTable table;
  table.see(owner(2, 0s), 1s);
  table.see(owner(2, 1s), 1s);
  table.forget(kStart + 11s, 1s);
  EXPECT_EQ(table.believed().size(), 1U);
  table.forget(kStart + 11001ms, 1s);
  EXPECT_TRUE(table.believed().empty());
  EXPECT_EQ(table.generation(), 2U);
  table.see(owner(2, 12s), 1s);
  EXPECT_TRUE(table.believed().empty()) << "and believed anew";
}

TEST(RivalTable, ALongIntervalIsWaitedFor) {
  RivalTable table;
  Rival slow = owner(2, 0s);
  slow.interval = 40s;
  table.see(slow, 1s);
  slow.heard += 40s;
  table.see(slow, 1s);
  EXPECT_EQ(table.believed().size(), 1U);
}

TEST(RivalTable, AnAnnouncementIsAnotherSignOfTheSameOne) {
  RivalTable table;
  table.see(owner(2, 0s), 1s);
  table.see(announcer(2, 1s), 1s);
  ASSERT_EQ(table.believed().size(), 1U);
  EXPECT_EQ(table.believed()[0].source, make_address("192.0.2.2"));
  EXPECT_TRUE(table.believed()[0].is_announcing);
  table.see(owner(2, 2s), 1s);
  EXPECT_TRUE(table.believed()[0].is_announcing);
}

TEST(RivalTable, AnAnnouncerThatAdvertisesGetsItsAddress) {
  RivalTable table;
  table.see(announcer(2, 0s), 1s);
  table.see(announcer(2, 1s), 1s);
  ASSERT_EQ(table.believed().size(), 1U);
  EXPECT_FALSE(table.believed()[0].source);
  table.see(owner(2, 1s), 1s);
  ASSERT_EQ(table.believed().size(), 1U);
  EXPECT_EQ(table.believed()[0].source, make_address("192.0.2.2"));
  table.forget_announcers();
  EXPECT_EQ(table.believed().size(), 1U);
}

TEST(RivalTable, AMasterBeforeUsIsNotHeldAgainstIt) {
  RivalTable table;
  table.see(announcer(2, 0s), 1s);
  table.see(announcer(2, 1s), 1s);
  table.forget_announcers();
  EXPECT_TRUE(table.believed().empty());
}

TEST(RivalTable, WhoIsAnOwnerNowIsNoPeerThatDiffers) {
  RivalTable table;
  table.see(peer(2, 0s), 1s);
  table.see(owner(2, 1s), 1s);
  table.see(owner(2, 2s), 1s);
  ASSERT_EQ(table.believed().size(), 1U);
  EXPECT_TRUE(table.believed()[0].is_owner);
}

TEST(RivalTable, StrangersPushNobodyOutWhoIsBelieved) {
  RivalTable table;
  table.see(owner(2, 0s), 1s);
  table.see(owner(2, 1s), 1s);
  for (int i = 0; i < 200; ++i) {
    table.see(owner(static_cast<std::uint8_t>(10 + i), 1s + i * 1ms), 1s);
  }
  ASSERT_EQ(table.believed().size(), 1U);
  EXPECT_EQ(table.believed()[0].source, make_address("192.0.2.2"));
  EXPECT_EQ(table.generation(), 1U);
}

// One frame each, from forged MACs.
TEST(RivalTable, ACrowdHidesNobody) {
  RivalTable table;
  table.see(announcer(2, 0s), 1s);
  for (int i = 0; i < 200; ++i) {
    table.see(announcer(static_cast<std::uint8_t>(10 + i), i * 4ms), 1s);
  }
  EXPECT_TRUE(table.believed().empty());
  table.see(announcer(2, 1s), 1s);
  ASSERT_EQ(table.believed().size(), 1U);
  EXPECT_EQ(table.believed()[0], announcer(2, 1s));

  table.see(announcer(250, 1100ms), 1s);
  const auto believed = table.believed();
  ASSERT_EQ(believed.size(), 2U) << "one entry for all the others";
  EXPECT_TRUE(believed[1].is_crowd);
  EXPECT_TRUE(believed[1].is_owner);
  EXPECT_EQ(believed[1].mac, MacAddress{});
  EXPECT_EQ(believed[1].address, make_address("192.0.2.10"));
  const auto generation = table.generation();
  table.see(announcer(251, 1200ms), 1s);
  EXPECT_EQ(table.believed().size(), 2U) << "no news";
  EXPECT_EQ(table.generation(), generation);
  table.forget(kStart + 12s, 1s);
  EXPECT_TRUE(table.believed().empty());
}

TEST(RivalTable, EveryAnnouncedAddressIsAskedFor) {
  RivalTable table;
  for (std::uint8_t host = 2; host < 5; ++host) {
    Rival rival = announcer(host, 0s);
    if (host == 4) rival.address = make_address("192.0.2.11");
    table.see(rival, 1s);
  }
  table.see(owner(5, 0s), 1s);
  const auto announced = table.announced();
  ASSERT_EQ(announced.size(), 2U) << "each once";
  EXPECT_EQ(announced[0], make_address("192.0.2.10"));
  EXPECT_EQ(announced[1], make_address("192.0.2.11"));
}

TEST(RivalTable, OwnersAreShownFirst) {
  RivalTable table;
  for (std::uint8_t host = 20; host < 26; ++host) table.see(peer(host, 0s), 1s);
  table.see(owner(2, 0s), 1s);
  table.see(owner(2, 1s), 1s);
  const auto believed = table.believed();
  ASSERT_EQ(believed.size(), kMaxRivalsShown);
  EXPECT_TRUE(believed[0].is_owner);
  EXPECT_FALSE(believed[1].is_owner);
}

}  // namespace
}  // namespace evenkeel::vrrp
