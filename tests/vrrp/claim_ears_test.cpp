// Ears for claims against the kernel at the other end of the cable.
#include "vrrp/claim_ears.h"

#include <gtest/gtest.h>

#include "namespaces.h"

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;

constexpr MacAddress kMac{0x02, 0x00, 0x5E, 0x10, 0x00, 0x01};

class ClaimEarsTest : public TwoHosts {
 protected:
  std::size_t count() const {
    std::vector<pollfd> polled;
    ears_.add_to(polled);
    return polled.size();
  }
  void announce_from_right() {
    on(Host::Right, [] {
      auto frames = FrameSocket::open();
      ASSERT_TRUE(frames) << to_string(frames.error());
      ASSERT_EQ(frames->send(index_of("right"), announcement(make_address("192.0.2.10"), kMac)),
                std::error_code());
    });
  }
  ClaimEars ears_;
};

TEST_F(ClaimEarsTest, OneSocketServesAllRoutersOfAnInterface) {
  ears_.open(index_of("left"));
  ears_.open(index_of("left"));
  EXPECT_EQ(count(), 1U);
  ears_.open(9999);
  EXPECT_EQ(count(), 1U) << "an interface that is not there";
}

TEST_F(ClaimEarsTest, HearsTheClaimAndWhere) {
  ears_.open(index_of("left"));
  announce_from_right();
  std::vector<Address> heard;
  EXPECT_TRUE(wait_until([&] {
    (void)ears_.drain([&](int interface_index, const Claim& claim) {
      EXPECT_EQ(interface_index, index_of("left"));
      if (claim.mac == kMac) heard.push_back(claim.address);
    });
    return !heard.empty();
  }));
  EXPECT_EQ(heard, std::vector<Address>{make_address("192.0.2.10")});
}

TEST_F(ClaimEarsTest, GivesAwayWhatNobodyNeeds) {
  ears_.open(index_of("left"));
  EXPECT_TRUE(ears_.take_unwanted([](int) { return true; }).empty());
  EXPECT_EQ(count(), 1U);
  const auto unwanted = ears_.take_unwanted([](int) { return false; });
  EXPECT_EQ(unwanted.size(), 1U);
  EXPECT_EQ(count(), 0U);
}

}  // namespace
}  // namespace evenkeel::vrrp
