// Address conflicts, made with the kernel at the other end of the cable.
#include "vrrp/conflict_socket.h"

#include <array>
#include <cstdlib>
#include <gtest/gtest.h>

#include "namespaces.h"
#include "vrrp/frame_socket.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

constexpr MacAddress kMac{0x02, 0x00, 0x5E, 0x10, 0x00, 0x01};
const Address kAddress = make_address("192.0.2.10");
const Address kV6Address = make_address("2001:db8::10");

class ConflictSocketTest : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto opened = ConflictSocket::open();
    ASSERT_TRUE(opened) << to_string(opened.error());
    conflicts_ = std::move(*opened);
    conflicts_->listen(true);
  }
  void send(const Frame& frame, const std::string& interface) {
    on(Host::Right, [&] {
      auto frames = FrameSocket::open();
      ASSERT_TRUE(frames) << to_string(frames.error());
      ASSERT_EQ(frames->send(index_of(interface), frame), std::error_code());
    });
  }
  void announce(const Address& address, const std::string& interface) {
    send(announcement(address, kMac), interface);
  }
  /// IEEE 802.1Q: a tag between the addresses and the type.
  static Frame tagged(const Frame& frame, std::uint8_t vlan) {
    constexpr std::size_t kAddresses = 12;
    Frame out;
    out.append(frame.octets().first(kAddresses));
    out.append(std::array<std::uint8_t, 4>{0x81, 0x00, 0x00, vlan});
    out.append(frame.octets().subspan(kAddresses));
    return out;
  }
  /// The interface on which kMac says that it has `address`; nothing: no frame does within `limit`.
  std::optional<int> heard(const Address& address, std::chrono::milliseconds limit = 2s) {
    std::optional<int> index;
    (void)wait_until(
        [&] {
          int budget = 64;
          while (const auto each = conflicts_->receive(budget)) {
            if (each->conflict == Conflict{address, kMac}) index = each->interface_index;
          }
          return index.has_value();
        },
        limit);
    return index;
  }
  std::optional<ConflictSocket> conflicts_;
};

TEST_F(ConflictSocketTest, HearsEveryInterfaceAndTellsWhich) {
  add_cable("left2", "right2");
  for (const Address& address : {kAddress, kV6Address}) {
    announce(address, "right");
    EXPECT_EQ(heard(address), index_of("left"));
    announce(address, "right2");
    EXPECT_EQ(heard(address), index_of("left2"));
  }
  std::vector<pollfd> polled;
  conflicts_->add_to(polled);
  EXPECT_EQ(polled.size(), 2U) << "however many interfaces there are";
}

TEST_F(ConflictSocketTest, WhatCameWhileNobodyListenedIsGone) {
  announce(kAddress, "right");
  std::vector<pollfd> polled;
  conflicts_->add_to(polled);
  EXPECT_TRUE(wait_readable(polled[0].fd));
  conflicts_->listen(false);
  announce(kAddress, "right");
  EXPECT_FALSE(heard(kAddress, 50ms));
  conflicts_->listen(true);
  EXPECT_FALSE(heard(kAddress, 50ms));
  announce(kAddress, "right");
  EXPECT_TRUE(heard(kAddress));
}

TEST_F(ConflictSocketTest, AFrameWithAVlanTagIsTheVlansAlone) {
  send(tagged(announcement(kAddress, kMac), 5), "right");
  EXPECT_FALSE(heard(kAddress, 100ms)) << "no interface here has this VLAN";
  send(tagged(announcement(kAddress, kMac), 0), "right");
  EXPECT_EQ(heard(kAddress), index_of("left")) << "a priority, and no VLAN";
  if (std::system("ip link add link left name vlan5 type vlan id 5 2>/dev/null") != 0) {
    GTEST_SKIP() << "NOT TESTED: this kernel has no VLANs";
  }
  run(Host::Left, "ip link set vlan5 up");
  send(tagged(announcement(kAddress, kMac), 5), "right");
  EXPECT_EQ(heard(kAddress), index_of("vlan5"));
}

TEST_F(ConflictSocketTest, WhatABridgeReceivesIsTheBridges) {
  run(Host::Left,
      "ip link add br0 type bridge && ip link set br0 up && ip link set left master br0");
  announce(kAddress, "right");
  EXPECT_EQ(heard(kAddress), index_of("br0"));
}

TEST_F(ConflictSocketTest, EachFrameTakesOneOfTheBudget) {
  for (int i = 0; i < 3; ++i) announce(kAddress, "right");
  std::vector<pollfd> polled;
  conflicts_->add_to(polled);
  ASSERT_TRUE(wait_readable(polled[0].fd));
  int budget = 2;
  while (conflicts_->receive(budget)) {
  }
  EXPECT_EQ(budget, 0);
  EXPECT_TRUE(heard(kAddress)) << "the third is still there";
}

/// A flood over the one keeps nobody from being heard over the other.
TEST_F(ConflictSocketTest, TheTwoProtocolsAreReadInTurn) {
  for (int i = 0; i < 8; ++i) announce(kAddress, "right");
  for (int i = 0; i < 8; ++i) announce(kV6Address, "right");
  std::vector<pollfd> polled;
  conflicts_->add_to(polled);
  for (const pollfd& each : polled) ASSERT_TRUE(wait_readable(each.fd));
  std::vector<Address> order;
  int budget = 64;
  while (const auto each = conflicts_->receive(budget)) {
    if (each->conflict.mac == kMac) order.push_back(each->conflict.address);
  }
  ASSERT_EQ(order.size(), 16U);
  EXPECT_NE(order[0], order[1]);
  EXPECT_NE(order[2], order[3]);
}

TEST_F(ConflictSocketTest, TellsWhenTheKernelReceivedIt) {
  const auto before = std::chrono::system_clock::now();
  announce(kAddress, "right");
  std::vector<pollfd> polled;
  conflicts_->add_to(polled);
  ASSERT_TRUE(wait_readable(polled[0].fd));
  int budget = 64;
  const auto each = conflicts_->receive(budget);
  ASSERT_TRUE(each && each->received);
  EXPECT_GE(*each->received, before - 1s) << "not the time since the boot, say";
  EXPECT_LE(*each->received, std::chrono::system_clock::now());
}

/// What 1,000 neighbours say while the engine is elsewhere.
TEST_F(ConflictSocketTest, AThousandFramesWait) {
  on(Host::Right, [&] {
    auto frames = FrameSocket::open();
    ASSERT_TRUE(frames) << to_string(frames.error());
    const Frame frame = announcement(kAddress, kMac);
    for (int i = 0; i < 1000; ++i) (void)frames->send(index_of("right"), frame);
  });
  std::vector<pollfd> polled;
  conflicts_->add_to(polled);
  ASSERT_TRUE(wait_readable(polled[0].fd));
  EXPECT_EQ(conflicts_->take_missed(), 0U);
}

TEST_F(ConflictSocketTest, GoesOnAfterTheInterfaceWasDown) {
  run(Host::Left, "ip link set left down && ip link set left up");
  EXPECT_TRUE(wait_until([&] {  // the carrier takes a moment
    announce(kAddress, "right");
    return heard(kAddress, 20ms).has_value();
  }));
}

}  // namespace
}  // namespace evenkeel::vrrp
