#include "vrrp/peer_table.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

Peer peer(unsigned number, std::uint8_t priority = 100) {
  return {boost::asio::ip::address_v4(0xc0000200U + number), priority, 1s, TimePoint(1h)};
}

TEST(PeerTable, TheLastHeardIsFirst) {
  PeerTable table;
  EXPECT_TRUE(table.peers().empty());
  table.heard(peer(1));
  table.heard(peer(2));
  EXPECT_EQ(table.peers(), (std::vector{peer(2), peer(1)}));
  table.heard(peer(1, 50));
  EXPECT_EQ(table.peers(), (std::vector{peer(1, 50), peer(2)}));
}

TEST(PeerTable, AStrangerTakesThePlaceOfTheMostSilent) {
  PeerTable table;
  for (unsigned number = 1; number <= kMaxPeersShown; ++number) table.heard(peer(number));
  table.heard(peer(1));
  table.heard(peer(99));
  const auto peers = table.peers();
  ASSERT_EQ(peers.size(), 8U);
  EXPECT_EQ(peers[0], peer(99));
  EXPECT_EQ(peers[1], peer(1));
  EXPECT_EQ(peers[2], peer(8));
  EXPECT_EQ(peers[7], peer(3));  // 2 is gone
}

}  // namespace
}  // namespace evenkeel::vrrp
