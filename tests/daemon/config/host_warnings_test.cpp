#include "daemon/config/host_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vrrp/descriptors.h"

namespace evenkeel::daemon {
namespace {

using boost::asio::ip::make_address;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

vrrp::InterfaceAddress with_prefix(const std::string& address, std::uint8_t prefix_length) {
  return {make_address(address), prefix_length};
}

vrrp::InstanceConfig moving(const std::string& address) {
  vrrp::InstanceConfig config;
  config.name = "web";
  config.interface = "eth0";
  config.virtual_router_id = 61;
  const auto parsed = make_address(address);
  config.family = vrrp::family_of(parsed);
  config.virtual_addresses = {{parsed, static_cast<std::uint8_t>(parsed.is_v4() ? 32 : 128)}};
  return config;
}

vrrp::InstanceConfig unicast(const std::string& source, const std::string& peer) {
  vrrp::InstanceConfig config = moving("192.0.2.10");
  config.unicast = vrrp::Unicast{.source = make_address(source), .peers = {make_address(peer)}};
  return config;
}

const Host kHost{
    .interfaces = {{.name = "eth0",
                    .alternative_names = {"enp3s0f0"},
                    .is_up = true,
                    .addresses = {with_prefix("192.0.2.2", 24), with_prefix("fe80::2", 64)}},
                   {.name = "eth1",
                    .alternative_names = {},
                    .is_up = true,
                    .addresses = {with_prefix("10.0.0.2", 24)}}},
    .descriptor_limit = 1024};

std::vector<std::string> warnings(std::vector<vrrp::InstanceConfig> instances,
                                  const Host& host = kHost) {
  vrrp::Config config;
  config.instances = std::move(instances);
  return host_warnings(config, host);
}

TEST(HostWarnings, NothingIsSaidOfAUsualConfiguration) {
  EXPECT_THAT(warnings({}), IsEmpty());
  EXPECT_THAT(warnings({moving("192.0.2.10")}), IsEmpty());
  EXPECT_THAT(warnings({moving("203.0.113.255")}), IsEmpty()) << "of a network that is not here";
  EXPECT_THAT(warnings({unicast("192.0.2.2", "192.0.2.3")}), IsEmpty());
  EXPECT_THAT(warnings({unicast("192.0.2.4", "192.0.2.3")}), IsEmpty()) << "it may come";
}

TEST(HostWarnings, NothingIsSaidOfAnInterfaceThatIsNotThere) {
  vrrp::InstanceConfig elsewhere = unicast("10.9.9.1", "10.9.9.2");
  elsewhere.interface = "eth7";
  EXPECT_THAT(warnings({elsewhere}), IsEmpty());
}

TEST(HostWarnings, ANetworkOrBroadcastAddressIsNoVirtualOne) {
  EXPECT_THAT(warnings({moving("192.0.2.255")}),
              ElementsAre("instance web: 192.0.2.255 is the broadcast address of a network on "
                          "eth0, where 192.0.2.2/24 is"));
  vrrp::InstanceConfig other = moving("192.0.2.0");
  other.interface = "enp3s0f0";
  EXPECT_THAT(warnings({other}),
              ElementsAre(HasSubstr("the network address of a network on enp3s")));
  EXPECT_THAT(warnings({moving("fe80::")}), ElementsAre(HasSubstr("subnet-router anycast")));
}

TEST(HostWarnings, OurOwnVirtualAddressesMakeNoNetwork) {
  Host master = kHost;
  master.interfaces[0].addresses.push_back(with_prefix("198.51.100.0", 24));
  EXPECT_THAT(warnings({moving("198.51.100.0")}, master), IsEmpty());
}

TEST(HostWarnings, UnicastAddressesAreOfTheLinksNetwork) {
  EXPECT_THAT(warnings({unicast("10.0.0.2", "10.0.0.3")}),
              ElementsAre("instance web: this node's address in \"unicast\", 10.0.0.2, is in no "
                          "network on eth0 (192.0.2.2/24): advertisements pass no router (TTL "
                          "255); eth1 has it: unicast_interface = \"eth1\" would advertise over "
                          "that"));
  EXPECT_THAT(warnings({unicast("192.0.2.2", "10.0.0.3")}),
              ElementsAre("instance web: the peer 10.0.0.3 in \"unicast\" is in no network on eth0 "
                          "(192.0.2.2/24): advertisements pass no router (TTL 255)"));
  vrrp::InstanceConfig over = unicast("10.0.0.2", "10.0.0.3");
  over.unicast_interface = "eth1";
  EXPECT_THAT(warnings({over}), IsEmpty());
}

TEST(HostWarnings, BeforeTheNetworkIsUpAddressesMayCome) {
  Host booting = kHost;
  booting.interfaces[0].addresses.clear();
  EXPECT_THAT(warnings({unicast("192.0.2.2", "192.0.2.3")}, booting),
              ElementsAre(HasSubstr("192.0.2.2, is in no network on eth0: ")));
  booting.interfaces[0].is_up = false;
  EXPECT_THAT(warnings({unicast("192.0.2.2", "192.0.2.3")}, booting), IsEmpty());
}

TEST(HostWarnings, ManyAddressesAreJudgedWhileTheyAreHere) {
  // Each with each, 26 * 10^9 pairs, would last longer than a test may.
  vrrp::InstanceConfig many = moving("10.64.0.1");
  Host host = kHost;
  for (std::uint32_t i = 0; i < 160'000; ++i) {
    many.extra_addresses.push_back({boost::asio::ip::make_address_v4(0x0a400002U + i), 32});
    host.interfaces[0].addresses.push_back(many.extra_addresses.back());
  }
  many.extra_addresses.push_back(with_prefix("192.0.2.255", 32));
  EXPECT_THAT(warnings({many}, host),
              ElementsAre(HasSubstr("192.0.2.255 is the broadcast address")));
}

TEST(HostWarnings, AnAdvertisementFitsTheMtu) {
  vrrp::InstanceConfig many = moving("198.51.100.1");
  for (std::uint8_t i = 2; i <= 200; ++i) {
    many.virtual_addresses.push_back({boost::asio::ip::address_v4({198, 51, 100, i}), 32});
  }
  Host host = kHost;
  for (const std::uint32_t fitting : {0U, 828U, 1500U}) {
    host.interfaces[0].mtu = fitting;
    EXPECT_THAT(warnings({many}, host), IsEmpty());
  }
  host.interfaces[0].mtu = 576;
  EXPECT_THAT(warnings({many}, host),
              ElementsAre("instance web: an advertisement of 200 virtual addresses has 828 octets, "
                          "and the MTU of eth0 is 576: it will not start; put some of them into "
                          "\"extra_addresses\""));
}

TEST(HostWarnings, MoreDescriptorsThanTheProcessMayHave) {
  std::vector<vrrp::InstanceConfig> many;
  for (int i = 0; i < 600; ++i) {
    many.push_back(moving("203.0.113.10"));
    many.back().interface = "vlan" + std::to_string(i);
  }
  vrrp::Config config;
  config.instances = many;
  const std::size_t needed = vrrp::descriptors_needed(config);
  EXPECT_EQ(needed, 1264U) << "two for each link, and 64";
  EXPECT_THAT(warnings(many),
              ElementsAre("the vrrp process needs up to " + std::to_string(needed) +
                          " file descriptors for 600 instances, and its limit here is 1024 "
                          "(LimitNOFILE): some will not start"));
  Host larger = kHost;
  larger.descriptor_limit = 65536;
  EXPECT_THAT(warnings(many, larger), IsEmpty());
  for (vrrp::InstanceConfig& each : many) each.interface = "eth0";
  EXPECT_THAT(warnings(many), IsEmpty()) << "they share their sockets";
}

}  // namespace
}  // namespace evenkeel::daemon
