#include "vrrp/config_index.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/vrrp/plan_process.h"

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

/// Identities from 1.
ConfigIndex index_of(const Config& config) {
  return ConfigIndex(plan_instances({}, config, {}, 1).wanted);
}

std::vector<RouterId> ids(const ConfigIndex::Found& found) {
  std::vector<RouterId> all;
  for (const WantedInstance* each : found) all.push_back(each->id);
  std::sort(all.begin(), all.end());
  return all;
}

TEST(ConfigIndex, FindsByIdentityAndName) {
  const Config config = some_config();
  const ConfigIndex index = index_of(config);
  EXPECT_EQ(index.find("mail")->config, &config.instances[1]);
  EXPECT_EQ(index.find("mail")->group, "pair");
  EXPECT_EQ(index.find("own")->group, "");
  EXPECT_EQ(index.find("no"), nullptr);
  EXPECT_EQ(index.find(1)->config, &config.instances[0]);
  EXPECT_EQ(index.find(4), nullptr);
}

TEST(ConfigIndex, KnowsWhoHasAnAddress) {
  const Config config = some_config();
  const ConfigIndex index = index_of(config);
  const InterfaceAddress extra{make_address("192.0.2.8"), 32};
  EXPECT_TRUE(index.has(1, extra));
  EXPECT_FALSE(index.has(2, extra));
  EXPECT_FALSE(index.has(9, extra));
  EXPECT_EQ(ids(index.with_address(extra)), std::vector<RouterId>{1});
}

TEST(ConfigIndex, FindsTheSameAddressesInTheSameOrder) {
  const Config config = some_config();
  const ConfigIndex index = index_of(config);
  const auto all = all_addresses(config.instances[0]);
  EXPECT_EQ(ids(index.with_addresses("eth0", all)), std::vector<RouterId>{1});
  EXPECT_TRUE(index.with_addresses("eth1", all).empty());
  EXPECT_TRUE(index.with_addresses("eth0", {all[0]}).empty());
}

TEST(ConfigIndex, FindsWhoHasAnAddressOnWhateverInterface) {
  Config config = some_config();
  const InterfaceAddress address = config.instances[1].virtual_addresses[0];
  config.instances[0].interface = "eth9";
  config.instances[0].extra_addresses.push_back(address);
  const ConfigIndex index = index_of(config);
  EXPECT_EQ(ids(index.with_address(address)), (std::vector<RouterId>{1, 2}));
  EXPECT_TRUE(index.with_address({make_address("198.51.100.200"), 32}).empty());
}

TEST(ConfigIndex, AnOwnersAddressesAreTheHosts) {
  EXPECT_EQ(virtual_addresses(some_config()),
            (std::vector<Address>{make_address("192.0.2.8"), make_address("192.0.2.9"),
                                  make_address("192.0.2.10")}));
}

TEST(ConfigIndex, FindsWhoHasAnAddressInRandomConfigurations) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    const Config config = test::RandomConfigs(seed).next();
    const ConfigIndex index = index_of(config);
    for (unsigned number = 1; number <= 9; ++number) {
      const InterfaceAddress one = test::address(number);
      std::vector<RouterId> holders;
      for (const WantedInstance& each : index.all()) {
        const auto all = all_addresses(*each.config);
        if (std::find(all.begin(), all.end(), one) != all.end()) holders.push_back(each.id);
        EXPECT_EQ(index.has(each.id, one), !holders.empty() && holders.back() == each.id);
      }
      EXPECT_EQ(ids(index.with_address(one)), holders);
    }
  }
}

}  // namespace
}  // namespace evenkeel::vrrp
