#include "vrrp/config_index.h"

#include <gtest/gtest.h>

namespace evenkeel::vrrp {
namespace {

using boost::asio::ip::make_address;

InstanceConfig instance(const std::string& name, std::uint8_t id, const std::string& address) {
  InstanceConfig config;
  config.name = name;
  config.interface = "eth0";
  config.virtual_router_id = id;
  config.virtual_addresses = {{make_address(address), 32}};
  return config;
}

Config some_config() {
  Config config;
  config.instances = {instance("web", 1, "192.0.2.10"), instance("mail", 2, "192.0.2.9"),
                      instance("own", 3, "192.0.2.1")};
  config.instances[0].extra_addresses = {{make_address("192.0.2.8"), 32}};
  config.instances[2].priority = kOwnerPriority;
  config.sync_groups = {{.name = "pair", .instances = {"web", "mail"}}};
  return config;
}

TEST(ConfigIndex, FindsByKeyAndName) {
  const Config config = some_config();
  const ConfigIndex index(config);
  EXPECT_EQ(index.find("mail"), &config.instances[1]);
  EXPECT_EQ(index.find("no"), nullptr);
  EXPECT_EQ(index.find(RouterKey{"eth0", Family::IPv4, 1}), &config.instances[0]);
  EXPECT_EQ(index.find(RouterKey{"eth0", Family::IPv6, 1}), nullptr);
}

TEST(ConfigIndex, KnowsWhoHasAnAddress) {
  const Config config = some_config();
  const ConfigIndex index(config);
  const InterfaceAddress extra{make_address("192.0.2.8"), 32};
  EXPECT_TRUE(index.has(config.instances[0].key(), extra));
  EXPECT_FALSE(index.has(config.instances[1].key(), extra));
  EXPECT_FALSE(index.has(RouterKey{"eth1", Family::IPv4, 1}, extra));
  EXPECT_EQ(index.with_address(extra), std::vector{&config.instances[0]});
}

TEST(ConfigIndex, KnowsWhoGoesTogether) {
  const Config config = some_config();
  const ConfigIndex index(config);
  EXPECT_EQ(index.group_of("web"), "pair");
  EXPECT_EQ(index.group_of("own"), "");
  EXPECT_EQ(index.members_with("mail"),
            (std::set<RouterKey>{{"eth0", Family::IPv4, 1}, {"eth0", Family::IPv4, 2}}));
  EXPECT_TRUE(index.members_with("own").empty());
}

TEST(ConfigIndex, FindsTheSameAddressesInTheSameOrder) {
  const Config config = some_config();
  const ConfigIndex index(config);
  const auto all = all_addresses(config.instances[0]);
  EXPECT_EQ(index.with_addresses("eth0", all),
            std::vector<const InstanceConfig*>{&config.instances[0]});
  EXPECT_TRUE(index.with_addresses("eth1", all).empty());
  EXPECT_TRUE(index.with_addresses("eth0", {all[0]}).empty());
}

TEST(ConfigIndex, FindsWhoHasAnAddressOnWhateverInterface) {
  Config config = some_config();
  const InterfaceAddress address = config.instances[1].virtual_addresses[0];
  config.instances[0].interface = "eth9";
  config.instances[0].extra_addresses.push_back(address);
  const ConfigIndex index(config);
  const auto found = index.with_address(address);
  EXPECT_EQ(std::set(found.begin(), found.end()),
            (std::set<const InstanceConfig*>{&config.instances[0], &config.instances[1]}));
  EXPECT_TRUE(index.with_address({make_address("198.51.100.200"), 32}).empty());
}

TEST(ConfigIndex, AnOwnersAddressesAreTheHosts) {
  EXPECT_EQ(virtual_addresses(some_config()),
            (std::vector<Address>{make_address("192.0.2.8"), make_address("192.0.2.9"),
                                  make_address("192.0.2.10")}));
}

}  // namespace
}  // namespace evenkeel::vrrp
