// How actions become frames, where that can be seen without a network.
#include "vrrp/router.h"

#include <gtest/gtest.h>

#include "namespaces.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

class RouterTest : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    config_.name = "web";
    config_.interface = "left";
    config_.virtual_router_id = 61;
    config_.virtual_addresses = {{make_address("192.0.2.10"), 32},
                                 {make_address("192.0.2.11"), 32}};
    router_.emplace(AddRouter{.id = 1, .config = config_});
    (void)router_->set_link({.id = 1, .interface_index = index_of("left"), .mac = kMac});
    frames_.emplace(FrameSocket::open().value());
  }
  void reconfigure() {
    (void)router_->instance().handle(Reconfigured{config_}, TimePoint(1s));
    router_->reconfigure();
  }

  static constexpr MacAddress kMac{0x02, 0x00, 0x5E, 0x10, 0x00, 0x01};
  InstanceConfig config_;
  std::optional<Router> router_;
  std::optional<FrameSocket> frames_;
};

TEST_F(RouterTest, BeginsWithNothingToSend) {
  EXPECT_FALSE(router_->is_probing());
  EXPECT_FALSE(router_->is_announcing());
}

/// Whoever takes over need not have read the same file yet, and the addresses are removed for him.
TEST_F(RouterTest, AMasterThatLeavesKnowsItsSuccessorByTheListThatItLeftWith) {
  const Address group = multicast_group(Family::IPv4);
  const std::vector<std::uint8_t> old_list = {192, 0, 2, 10, 192, 0, 2, 11};
  const auto bytes =
      encode_advertisement({.version = Version::V3,
                            .family = Family::IPv4,
                            .virtual_router_id = 61,
                            .priority = 100,
                            .interval = 1s,
                            .addresses = old_list},
                           ChecksumForm::PseudoHeader, make_address("192.0.2.2"), group);
  const auto list_heard = [&] {
    const auto heard =
        router_->judge({.family = Family::IPv4, .octets = bytes.octets()}, TimePoint(2s));
    return heard ? std::optional(heard->list) : std::nullopt;
  };
  Instance& instance = router_->instance();
  (void)instance.handle(InterfaceChanged{{}, make_address("192.0.2.1")}, TimePoint(1s));
  (void)instance.handle(Resume{}, TimePoint(1s));
  ASSERT_EQ(instance.state(), State::Master);
  EXPECT_EQ(list_heard(), ListMatch::Same);
  (void)instance.handle(Leave{LeaveFor::Failover}, TimePoint(1s));
  config_.virtual_addresses = {{make_address("192.0.2.12"), 32}};
  reconfigure();
  EXPECT_EQ(list_heard(), ListMatch::Common);
  config_.virtual_addresses = {{make_address("192.0.2.13"), 32}};
  reconfigure();
  EXPECT_EQ(list_heard(), ListMatch::Common) << "it has them still";
  (void)instance.handle(SuccessorsHeard{}, TimePoint(2s));
  router_->note_master(TimePoint(2s));
  EXPECT_EQ(list_heard(), ListMatch::Foreign);
}

TEST_F(RouterTest, AChangeOfATrackIsToldAlthoughNothingIsCounted) {
  config_.tracks = {{.kind = TrackKind::Check, .name = "nginx"}};
  reconfigure();
  (void)router_->tell(TimePoint(1s));
  EXPECT_FALSE(router_->has_changed());
  const TracksJudged holds{{{TrackKind::Check, "nginx", {.state = TrackState::Holds}}}};
  (void)router_->instance().handle(holds, TimePoint(2s));
  EXPECT_TRUE(router_->has_changed());
  EXPECT_EQ(router_->tell(TimePoint(2s)).tracks[0].state, TrackState::Holds);
  EXPECT_FALSE(router_->has_changed());
}

TEST_F(RouterTest, AReconfigurationLosesNoProbeAndNoAnnouncement) {
  router_->start_probing();
  router_->start_announcing();
  EXPECT_EQ(router_->send_probes(*frames_, 1), 1U);
  EXPECT_EQ(router_->send_announcements(*frames_, 1), 1U);
  config_.priority = 120;
  reconfigure();
  EXPECT_EQ(router_->send_probes(*frames_, 9), 1U) << "goes on where it was";
  EXPECT_EQ(router_->send_announcements(*frames_, 9), 1U);

  router_->start_probing();
  router_->start_announcing();
  config_.virtual_addresses.push_back({make_address("192.0.2.12"), 32});
  reconfigure();
  EXPECT_EQ(router_->send_probes(*frames_, 9), 3U) << "other addresses: from the first";
  EXPECT_EQ(router_->send_announcements(*frames_, 9), 3U);

  config_.virtual_addresses.pop_back();
  reconfigure();
  EXPECT_FALSE(router_->is_probing()) << "nothing was under way";
  EXPECT_FALSE(router_->is_announcing());
}

TEST_F(RouterTest, AnAnswerIsWhatCameAfterTheQuestion) {
  router_->listen(TimePoint(10s));
  EXPECT_FALSE(router_->is_listening(TimePoint(9s)));
  EXPECT_TRUE(router_->is_listening(TimePoint(10s)));
  (void)router_->set_link({.id = 1, .interface_index = index_of("left"), .mac = {}});
  EXPECT_TRUE(router_->is_listening(TimePoint(11s))) << "another MAC is no reason to hear no more";
  router_->stop_listening();
  EXPECT_FALSE(router_->is_listening(TimePoint(11s)));
}

}  // namespace
}  // namespace evenkeel::vrrp
