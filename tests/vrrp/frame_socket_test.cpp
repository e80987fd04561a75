// Announcements and probes against the kernel at the other end of the cable.
#include "vrrp/frame_socket.h"

#include <gtest/gtest.h>

#include "namespaces.h"
#include "vrrp/conflict_socket.h"

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;

constexpr MacAddress kMac{0x02, 0x00, 0x5E, 0x10, 0x00, 0x01};

class FrameSocketTest : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto opened = FrameSocket::open();
    ASSERT_TRUE(opened) << to_string(opened.error());
    frames_ = std::move(*opened);
  }
  ConflictSocket conflicts(Host host) {
    std::optional<ConflictSocket> socket;
    on(host, [&] {
      auto opened = ConflictSocket::open();
      ASSERT_TRUE(opened) << to_string(opened.error());
      opened->listen(true);
      socket = std::move(*opened);
    });
    return std::move(socket.value());
  }
  /// The first conflict about `address`; others (the kernel's own) may come before it.
  static std::optional<Conflict> conflict_of(
      ConflictSocket& socket, const Address& address,
      std::chrono::milliseconds limit = std::chrono::seconds(2)) {
    std::optional<Conflict> found;
    (void)wait_until(
        [&] {
          int budget = 64;
          const auto heard = socket.receive(budget);
          found = heard ? std::optional(heard->conflict) : std::nullopt;
          return found && found->address == address;
        },
        limit);
    return found && found->address == address ? found : std::nullopt;
  }
  std::optional<FrameSocket> frames_;
};

TEST_F(FrameSocketTest, AnAnnouncementIsHeardAsAConflict) {
  auto right = conflicts(Host::Right);
  auto left = conflicts(Host::Left);
  for (const auto& address : {make_address("192.0.2.10"), make_address("2001:db8::10")}) {
    EXPECT_EQ(frames_->send(index_of("left"), announcement(address, kMac)), std::error_code());
    EXPECT_EQ(conflict_of(right, address), (Conflict{address, kMac}));
    EXPECT_FALSE(conflict_of(left, address, std::chrono::milliseconds(100))) << "it is our own";
  }
}

TEST_F(FrameSocketTest, AnnouncementRightsTheNeighboursTable) {
  for (const std::string address : {"192.0.2.10", "2001:db8::10"}) {
    run(Host::Right,
        "ip neigh replace " + address + " lladdr 02:00:00:00:00:99 dev right nud stale");
    EXPECT_EQ(frames_->send(index_of("left"), announcement(make_address(address), kMac)),
              std::error_code());
    run(Host::Right, "for i in 1 2 3 4 5 6 7 8 9; do ip neigh show " + address +
                         " | grep -q 'lladdr 02:00:5e:10:00:01' && exit 0; sleep 0.02; done; "
                         "ip neigh; false");
  }
}

TEST_F(FrameSocketTest, ProbeIsAnsweredByWhoHasTheAddress) {
  constexpr MacAddress kRight{0x02, 0x00, 0x00, 0x00, 0x00, 0x02};
  run(Host::Right, "ip link set right address 02:00:00:00:00:02");
  run(Host::Left, "ip link set left address 02:00:5e:10:00:01");
  auto left = conflicts(Host::Left);
  for (const auto& address : {make_address("192.0.2.2"), make_address("2001:db8::2")}) {
    std::optional<Conflict> answer;
    EXPECT_TRUE(wait_until([&] {  // it joins the groups of its IPv6 address a moment later
      EXPECT_EQ(frames_->send(index_of("left"), probe(address, kMac)), std::error_code());
      answer = conflict_of(left, address, std::chrono::milliseconds(50));
      return answer.has_value();
    }));
    EXPECT_EQ(answer, (Conflict{address, kRight}));
  }
  const auto nobodys = make_address("192.0.2.77");
  EXPECT_EQ(frames_->send(index_of("left"), probe(nobodys, kMac)), std::error_code());
  EXPECT_FALSE(conflict_of(left, nobodys, std::chrono::milliseconds(100)));
}

TEST_F(FrameSocketTest, TellsOfAnInterfaceThatIsNotThereOrDown) {
  const auto frame = announcement(make_address("192.0.2.10"), kMac);
  EXPECT_EQ(frames_->send(9999, frame), std::errc::no_such_device_or_address);
  const int index = index_of("left");
  run(Host::Left, "ip link set left down");
  EXPECT_EQ(frames_->send(index, frame), std::errc::network_down);
  EXPECT_EQ(frames_->send(index, Frame()), std::errc::invalid_argument);
}

}  // namespace
}  // namespace evenkeel::vrrp
