// Who else advertises our addresses, heard from the other end of the cable.
#include "vrrp/rival_watch.h"

#include <array>
#include <gtest/gtest.h>
#include <thread>

#include "namespaces.h"

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;
using namespace std::chrono_literals;

constexpr std::array<std::uint8_t, 4> kOurs{192, 0, 2, 10};
constexpr std::array<std::uint8_t, 4> kExtra{192, 0, 2, 20};
constexpr std::array<std::uint8_t, 4> kOther{192, 0, 2, 99};
constexpr std::array<std::uint8_t, 16> kOurs6{0xFE, 0x80, 0, 0, 0, 0, 0, 0,
                                              0,    0,    0, 0, 0, 0, 0, 0x10};

class RivalWatchTest : public TwoHosts {
 protected:
  void SetUp() override {
    TwoHosts::SetUp();
    if (IsSkipped()) return;
    watch_.emplace(AdvertisementTap::open().value());
  }

  /// A Backup on the left host.
  Router& add(std::uint8_t id, Family family = Family::IPv4) {
    InstanceConfig config;
    config.name = "web";
    config.interface = "left";
    config.virtual_router_id = id;
    config.family = family;
    config.advertisement_interval = 100ms;
    config.virtual_addresses = {
        {make_address(family == Family::IPv4 ? "192.0.2.10" : "fe80::10"), std::uint8_t{32}}};
    config.extra_addresses = {{make_address("192.0.2.20"), 32}};
    routers_.push_back(std::make_unique<Router>(AddRouter{.id = id, .config = config}));
    Router& router = *routers_.back();
    (void)router.set_link({.id = id, .interface_index = index_of("left")});
    const Address source = family == Family::IPv4 ? make_address("192.0.2.1") : link_local("left");
    (void)router.instance().handle(InterfaceChanged{.problem = {}, .source = source}, start_);
    (void)router.instance().handle(Startup{}, start_);
    watch_->forget_routers();
    return router;
  }

  /// From the right host.
  void advertise(std::uint8_t id, std::span<const std::uint8_t> addresses,
                 std::optional<Address> to = {}, Version version = Version::V3) {
    const Family family = addresses.size() % 16 == 0 ? Family::IPv6 : Family::IPv4;
    on(Host::Right, [&] {
      const Address source =
          family == Family::IPv4 ? make_address("192.0.2.2") : link_local("right");
      const Advertisement out{.version = version,
                              .family = family,
                              .virtual_router_id = id,
                              .priority = 100,
                              .interval = version == Version::V2 ? Duration(1s) : 100ms,
                              .addresses = addresses};
      const Address destination = to.value_or(multicast_group(family));
      auto socket = SendSocket::open({"right", index_of("right"), 0, family, {}});
      ASSERT_TRUE(socket) << to_string(socket.error());
      const auto bytes = encode_advertisement(out, ChecksumForm::Message, source, destination);
      ASSERT_EQ(socket->send(bytes.octets(), source, destination), std::error_code());
    });
  }
  std::span<Router* const> look(TimePoint now) {
    watch_->update(routers_);
    return watch_->look(buffer_, now);
  }
  /// Looks until something has been seen, at this time.
  bool sees(Duration at) {
    return wait_until([&] {
      const auto seen = look(start_ + at);
      for (Router* router : seen) (void)router->has_news(start_ + at);
      return !seen.empty();
    });
  }
  std::vector<Rival> rivals_of(Router& router) { return router.tell(start_ + 1h).rivals; }

  const TimePoint start_ = std::chrono::steady_clock::now() + 1h;
  std::optional<RivalWatch> watch_;
  std::vector<std::unique_ptr<Router>> routers_;
  std::array<std::uint8_t, 65536> buffer_{};
};

TEST_F(RivalWatchTest, AnotherVirtualRouterIdWithOurAddress) {
  Router& router = add(51);
  advertise(52, kOurs);
  ASSERT_TRUE(sees(1s));
  EXPECT_TRUE(rivals_of(router).empty()) << "seen once";
  advertise(52, kOurs);
  ASSERT_TRUE(sees(1200ms));
  ASSERT_EQ(rivals_of(router).size(), 1U);
  const Rival rival = rivals_of(router)[0];
  EXPECT_TRUE(rival.is_owner);
  EXPECT_EQ(rival.source, make_address("192.0.2.2"));
  EXPECT_EQ(rival.address, make_address("192.0.2.10"));
  EXPECT_EQ(rival.virtual_router_id, 52);
  EXPECT_NE(rival.mac, MacAddress{});
  EXPECT_TRUE(rival.differences.has(Difference::VirtualRouterId));
}

TEST_F(RivalWatchTest, AnExtraAddressCountsToo) {
  Router& router = add(51);
  for (const Duration at : {1s, 2s}) {
    advertise(52, kExtra);
    ASSERT_TRUE(sees(at));
  }
  ASSERT_EQ(rivals_of(router).size(), 1U);
  EXPECT_EQ(rivals_of(router)[0].address, make_address("192.0.2.20"));
}

TEST_F(RivalWatchTest, WhatComesByTheOtherDeliveryIsCounted) {
  Router& router = add(51);
  advertise(51, kOther, make_address("192.0.2.1"));
  ASSERT_TRUE(sees(1s));
  const InstanceStatus status = router.tell(start_);
  const auto delivery = static_cast<std::size_t>(DecodeError::Delivery);
  EXPECT_EQ(status.counters.dropped[delivery], 1U);
  EXPECT_EQ(status.dropped_from[delivery], make_address("192.0.2.2"));
  EXPECT_TRUE(status.rivals.empty());
  for (const Duration at : {2s, 3s}) {
    advertise(51, kOurs, make_address("192.0.2.1"));
    ASSERT_TRUE(sees(at));
  }
  ASSERT_EQ(rivals_of(router).size(), 1U);
  EXPECT_TRUE(rivals_of(router)[0].differences.has(Difference::Delivery));
}

TEST_F(RivalWatchTest, WhatIsMalformedAndComesByTheOtherDeliveryIsCounted) {
  Router& router = add(51);
  on(Host::Right, [&] {
    const Address to = make_address("192.0.2.1");
    auto socket = SendSocket::open({"right", index_of("right"), 0, Family::IPv4, {}});
    ASSERT_TRUE(socket) << to_string(socket.error());
    const Advertisement out{
        .virtual_router_id = 51, .priority = 1, .interval = 1s, .addresses = kOurs};
    const auto bytes =
        encode_advertisement(out, ChecksumForm::Message, make_address("192.0.2.2"), to);
    std::vector<std::uint8_t> octets(bytes.octets().begin(), bytes.octets().end());
    octets.back() ^= 1U;  // its checksum is wrong now
    ASSERT_EQ(socket->send(octets, make_address("192.0.2.2"), to), std::error_code());
  });
  EXPECT_TRUE(wait_until([&] {
    (void)look(start_ + 1s);
    return router.instance().counters().dropped[static_cast<std::size_t>(DecodeError::Checksum)] ==
           1;
  }));
}

TEST_F(RivalWatchTest, AnotherVersion) {
  Router& router = add(51);
  for (const Duration at : {1s, 2s}) {
    advertise(51, kOurs, {}, Version::V2);
    ASSERT_TRUE(sees(at));
  }
  ASSERT_EQ(rivals_of(router).size(), 1U);
  EXPECT_TRUE(rivals_of(router)[0].differences.has(Difference::Version));
}

TEST_F(RivalWatchTest, OverIpv6) {
  Router& router = add(51, Family::IPv6);
  for (const Duration at : {1s, 2s}) {
    advertise(52, kOurs6);
    ASSERT_TRUE(sees(at));
  }
  ASSERT_EQ(rivals_of(router).size(), 1U);
  EXPECT_EQ(rivals_of(router)[0].address, make_address("fe80::10"));
}

TEST_F(RivalWatchTest, AFirewallOfOurOwn) {
  // It reaches the interface; but nobody has told the instance that it was received.
  run(Host::Left,
      "nft add table inet t && nft add chain inet t in '{ type filter hook input priority 0; }' "
      "&& nft add rule inet t in meta l4proto 112 drop");
  Router& router = add(51);
  for (const Duration at : {1s, 2s}) {
    advertise(51, kOurs);
    ASSERT_TRUE(sees(at));
  }
  ASSERT_EQ(rivals_of(router).size(), 1U);
  EXPECT_TRUE(rivals_of(router)[0].differences.has(Difference::Unheard));
}

/// What the engine does with what its receive socket gets.
std::optional<Heard> receive(Router& router, std::span<const std::uint8_t> addresses,
                             TimePoint at) {
  const Advertisement out{
      .virtual_router_id = 51, .priority = 100, .interval = 100ms, .addresses = addresses};
  const auto bytes = encode_advertisement(out, ChecksumForm::Message, make_address("192.0.2.2"),
                                          multicast_group(Family::IPv4));
  const auto heard = router.judge({.family = Family::IPv4, .octets = bytes.octets()}, at);
  if (heard) (void)router.instance().handle(*heard, at);
  return heard;
}

TEST_F(RivalWatchTest, WhoSharesAnExtraAddressOnlyIsHeardAndNoFirewallIsBlamed) {
  Router& router = add(51);
  for (const Duration at : {1s, 2s, 3s}) {
    const auto heard = receive(router, kExtra, start_ + at);
    ASSERT_TRUE(heard);
    EXPECT_TRUE(router.instance().heeds(*heard));
    advertise(51, kExtra);
    ASSERT_TRUE(sees(at));
  }
  EXPECT_TRUE(rivals_of(router).empty());
  EXPECT_EQ(router.tell(start_ + 3s).other_lists.size(), 1U);
}

TEST_F(RivalWatchTest, WhoHasOurOwnSourceAddress) {
  Router& router = add(51);
  (void)router.instance().handle(
      InterfaceChanged{.problem = {}, .source = make_address("192.0.2.2")}, start_);
  for (const Duration at : {1s, 2s}) {
    advertise(51, kOurs);
    ASSERT_TRUE(sees(at));
  }
  ASSERT_EQ(rivals_of(router).size(), 1U);
  EXPECT_TRUE(rivals_of(router)[0].differences.has(Difference::SameSource));
}

TEST_F(RivalWatchTest, AConflictOnTheLinkOfTheAdvertisementsIsNone) {
  Router& router = add(51);
  const Delivery here{"left", index_of("left"), 0, Family::IPv4, {}};
  Delivery elsewhere = here;
  elsewhere.interface_index = 77;
  auto sockets = std::make_shared<Sockets>(
      Sockets{elsewhere, ReceiveSocket::open(here, std::array{std::uint8_t{51}}).value(),
              SendSocket::open(here).value()});
  (void)router.set_link(
      {.id = 51, .interface_index = index_of("left"), .sockets = std::move(sockets)});
  watch_->forget_routers();
  watch_->update(routers_);
  const auto count = [&](int interface_index) {
    int found = 0;
    watch_->each_with({interface_index, {make_address("192.0.2.10"), {}}},
                      [&](Router&) { ++found; });
    return found;
  };
  ASSERT_EQ(router.link_index(), 77);
  EXPECT_EQ(count(index_of("left")), 1);
  EXPECT_EQ(count(77), 0);
}

TEST_F(RivalWatchTest, APeerThatIsHeardIsNoRival) {
  Router& router = add(51);
  for (const Duration at : {1s, 2s, 3s}) {
    (void)router.instance().handle(Heard{.source = make_address("192.0.2.2"),
                                         .priority = 200,
                                         .interval = 100ms,
                                         .at = start_ + at},
                                   start_ + at);
    advertise(51, kOurs);
    ASSERT_TRUE(sees(at));
  }
  EXPECT_TRUE(rivals_of(router).empty());
}

TEST_F(RivalWatchTest, StrangersAreCounted) {
  Router& router = add(51);
  advertise(52, kOther);
  EXPECT_TRUE(wait_until([&] {
    (void)look(start_ + 1s);
    return router.instance().counters().others_heard == 1;
  }));
  EXPECT_TRUE(rivals_of(router).empty());
}

TEST_F(RivalWatchTest, ThisHostIsNobodyElse) {
  Router& router = add(51);
  advertise(52, kOurs);
  MacAddress mac{};
  ASSERT_TRUE(sees(1s));
  advertise(52, kOurs);
  ASSERT_TRUE(sees(2s));
  ASSERT_EQ(rivals_of(router).size(), 1U);
  mac = rivals_of(router)[0].mac;
  watch_->set_host_macs({mac});
  EXPECT_TRUE(watch_->is_own(mac));
  advertise(52, kOurs);
  std::this_thread::sleep_for(50ms);
  EXPECT_TRUE(look(start_ + 3s).empty());
}

TEST_F(RivalWatchTest, AtMostSixtyFourALook) {
  Router& router = add(51);
  for (int i = 0; i < 100; ++i) advertise(52, kOther);
  const auto heard = [&] { return router.instance().counters().others_heard; };
  EXPECT_TRUE(wait_until([&] {
    (void)look(start_ + 1s);
    return heard() > 0;
  }));
  EXPECT_LE(heard(), 64U);
  EXPECT_EQ(watch_->next_look(), start_ + 1010ms);
  (void)look(start_ + 1009ms);
  EXPECT_LE(heard(), 64U);
  (void)look(start_ + 1010ms);
  EXPECT_EQ(heard(), 100U);
  EXPECT_EQ(watch_->next_look(), TimePoint::max());
}

}  // namespace
}  // namespace evenkeel::vrrp
