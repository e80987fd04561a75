// What an advertisement of somebody else says beside our configuration.
#include "vrrp/rival_sighting.h"

#include <array>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;
using namespace std::chrono_literals;

constexpr std::array<std::uint8_t, 4> kOurs{192, 0, 2, 10};
constexpr MacAddress kMac{2, 0, 0, 0, 0, 2};

InstanceConfig v3_config() {
  InstanceConfig config;
  config.name = "web";
  config.interface = "eth0";
  config.virtual_router_id = 51;
  config.virtual_addresses = {{make_address("192.0.2.10"), 32}};
  return config;
}

InstanceConfig v2_config(const char* password = "") {
  InstanceConfig config = v3_config();
  config.version = Version::V2;
  config.password = password;
  return config;
}

InstanceConfig unicast(InstanceConfig config) {
  config.unicast = Unicast{make_address("192.0.2.1"), {make_address("192.0.2.2")}, {"lb2"}};
  return config;
}

/// What a peer with the same configuration sends.
Received from_peer(const InstanceConfig& config) {
  Received received{.source = make_address("192.0.2.2"),
                    .destination = make_address(config.unicast ? "192.0.2.1" : "224.0.0.18"),
                    .advertisement = {.version = config.version,
                                      .virtual_router_id = config.virtual_router_id,
                                      .priority = 100,
                                      .interval = config.advertisement_interval,
                                      .addresses = kOurs,
                                      .is_authenticated = !config.password.empty(),
                                      .password = password_from(config.password)}};
  return received;
}

struct Seen {
  Received received;
  bool is_common = true;
  bool is_unheard = false;
  bool is_elsewhere = false;
};

/// "owner: virtual_router_id version", "peer: interval", "peer:", "nobody".
std::string look(const Seen& seen, const InstanceConfig& config) {
  const Password password = password_from(config.password);
  std::optional<Address> common;
  if (seen.is_common) common = make_address("192.0.2.10");
  const auto rival = rival_in({.received = seen.received,
                               .mac = kMac,
                               .common = common,
                               .is_unheard = seen.is_unheard,
                               .is_elsewhere = seen.is_elsewhere},
                              {config, password, make_address("192.0.2.1")});
  if (!rival) return "nobody";
  EXPECT_EQ(rival->mac, kMac);
  EXPECT_EQ(rival->source, seen.received.source);
  EXPECT_EQ(rival->address, common);
  std::string text = rival->is_owner ? "owner:" : "peer:";
  for (std::size_t i = 0; i < kDifferences; ++i) {
    const auto difference = static_cast<Difference>(i);
    if (rival->differences.has(difference)) text += " " + std::string(name(difference));
  }
  return text;
}

TEST(RivalSighting, APeerAsItShouldBe) {
  for (const auto& config : {v3_config(), v2_config(), v2_config("seesaw"), unicast(v3_config()),
                             unicast(v2_config("seesaw"))}) {
    EXPECT_EQ(look({from_peer(config)}, config), "peer:");
    EXPECT_EQ(look({from_peer(config), false}, config), "peer:") << "with another list";
  }
}

TEST(RivalSighting, EveryDifferenceByItself) {
  struct Case {
    const char* expected;
    InstanceConfig theirs;
    InstanceConfig ours;
  };
  std::vector<Case> cases = {
      {"owner: virtual_router_id", v3_config(), v3_config()},
      {"owner: version", v2_config(), v3_config()},
      {"owner: version", v3_config(), v2_config("seesaw")},
      {"owner: version", v2_config("seesaw"), v3_config()},
      {"owner: password", v2_config("sesame"), v2_config("seesaw")},
      {"owner: password", v2_config(), v2_config("seesaw")},
      {"owner: password", v2_config("seesaw"), v2_config()},
      {"owner: delivery", unicast(v3_config()), v3_config()},
      {"owner: delivery", v3_config(), unicast(v3_config())},
      {"owner: interval", v2_config(), v2_config()},
      {"peer: interval", v3_config(), v3_config()},
  };
  cases[0].theirs.virtual_router_id = 52;
  cases[9].theirs.advertisement_interval = 2s;
  cases[10].theirs.advertisement_interval = 2s;
  for (const Case& each : cases) {
    EXPECT_EQ(look({from_peer(each.theirs)}, each.ours), each.expected);
    const bool is_owner = std::string_view(each.expected).starts_with("owner");
    EXPECT_EQ(look({from_peer(each.theirs), false}, each.ours), is_owner ? "nobody" : each.expected)
        << "without an address of ours";
  }
}

TEST(RivalSighting, WhoIsNotListed) {
  const InstanceConfig config = unicast(v3_config());
  Received stranger = from_peer(config);
  stranger.source = make_address("192.0.2.66");
  EXPECT_EQ(look({stranger}, config), "owner: sender");
  EXPECT_EQ(look({stranger, false}, config), "nobody");
}

TEST(RivalSighting, WhoHasOurOwnSourceAddress) {
  for (const InstanceConfig& config : {v3_config(), unicast(v3_config())}) {
    Received twin = from_peer(config);
    twin.source = make_address("192.0.2.1");
    EXPECT_EQ(look({twin}, config), "owner: same_source");
  }
}

TEST(RivalSighting, OverAnotherInterfaceThanOurs) {
  const InstanceConfig config = unicast(v3_config());
  EXPECT_EQ(look({from_peer(config), true, true, true}, config), "owner: delivery")
      << "no firewall keeps it from us";
}

TEST(RivalSighting, TheOtherFamilyIsAnotherVirtualRouter) {
  constexpr std::array<std::uint8_t, 16> kTheirs{0xFE, 0x80};
  Received received = from_peer(v3_config());
  received.source = make_address("fe80::2");
  received.destination = make_address("ff02::12");
  received.advertisement.family = Family::IPv6;
  received.advertisement.addresses = kTheirs;
  EXPECT_EQ(look({received, true, true}, v3_config()), "owner: virtual_router_id");
  received.advertisement.interval = 2s;
  EXPECT_EQ(look({received, true, true}, v3_config()), "owner: virtual_router_id");
  EXPECT_EQ(look({received, false}, v3_config()), "nobody");
}

TEST(RivalSighting, ManyDifferencesAtOnce) {
  Received received = from_peer(v2_config("seesaw"));
  received.advertisement.virtual_router_id = 52;
  received.advertisement.interval = 3s;
  EXPECT_EQ(look({received}, unicast(v3_config())), "owner: virtual_router_id version delivery")
      << "the interval of another virtual router is its own affair";
}

TEST(RivalSighting, WhatAFirewallKeepsFromUs) {
  const InstanceConfig config = v3_config();
  EXPECT_EQ(look({from_peer(config), true, true}, config), "owner: unheard");
  EXPECT_EQ(look({from_peer(config), false, true}, config), "nobody");
  EXPECT_EQ(look({from_peer(v2_config()), true, true}, config), "owner: version")
      << "it would not be heard in any case";
}

}  // namespace
}  // namespace evenkeel::vrrp
