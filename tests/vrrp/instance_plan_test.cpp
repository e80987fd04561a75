#include "vrrp/instance_plan.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/vrrp/plan_process.h"

namespace evenkeel::vrrp {
namespace {

using test::instance;
using test::Process;
using test::RandomConfigs;
using test::What;

Config config_of(std::vector<InstanceConfig> instances) {
  return {.address_lease = true, .instances = std::move(instances), .sync_groups = {}};
}

TEST(InstancePlan, TwoThatExchangeAnAddressGoOn) {
  Process process;
  process.configure(config_of({instance("a", "eth0", 1, {1}), instance("b", "eth0", 2, {2})}));
  const auto steps =
      process.configure(config_of({instance("a", "eth0", 1, {2}), instance("b", "eth0", 2, {1})}));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].what, What::Change);
  EXPECT_EQ(steps[1].what, What::Change);
  process.expect_configured();
}

TEST(InstancePlan, TwoThatExchangeTheirInterfacesReplaceEachOther) {
  RandomConfigs random(1);
  Process process;
  process.configure(config_of({instance("a", "eth0", 1, {1}), instance("b", "eth1", 2, {2})}));
  const auto steps =
      process.configure(config_of({instance("a", "eth1", 1, {1}), instance("b", "eth0", 2, {2})}));
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].what, What::Leave);
  EXPECT_EQ(steps[1].what, What::Leave);
  EXPECT_FALSE(process.runs("a"));
  EXPECT_FALSE(process.runs("b"));
  process.settle(random);
  process.expect_configured();
}

TEST(InstancePlan, TwoThatExchangeTheirNamesGoOn) {
  Process process;
  process.configure(config_of({instance("a", "eth0", 1, {1}), instance("b", "eth0", 2, {2})}));
  const RouterId first = process.id_of("a");
  process.configure(config_of({instance("b", "eth0", 1, {1}), instance("a", "eth0", 2, {2})}));
  EXPECT_EQ(process.id_of("b"), first);
  process.expect_configured();
}

TEST(InstancePlan, AnIdThatGoesToAnotherNameIsTheSameInstance) {
  Process process;
  process.configure(config_of({instance("a", "eth0", 1, {1})}));
  const RouterId id = process.id_of("a");
  const auto steps = process.configure(config_of({instance("b", "eth0", 1, {1})}));
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].what, What::Change);
  EXPECT_EQ(process.id_of("b"), id);
}

TEST(InstancePlan, WhoLeavesWithTheKeyIsNamed) {
  InstanceConfig config = instance("a", "eth0", 1, {1});
  Process process;
  process.configure(config_of({config}));
  const RouterId id = process.id_of("a");
  config.version = Version::V2;
  process.configure(config_of({config}));
  EXPECT_EQ(process.wanted("a").replaces, id);
  process.configure(config_of({config, instance("b", "eth0", 2, {2})}));
  EXPECT_EQ(process.wanted("a").replaces, id) << "it still leaves";
  EXPECT_EQ(process.wanted("b").replaces, 0U);
}

TEST(InstancePlan, WhoSharesNothingWithThoseWhoLeaveIsAddedAtOnce) {
  Process process;
  process.configure(config_of({instance("a", "eth0", 1, {1})}));
  process.configure(config_of({instance("b", "eth0", 2, {2}), instance("c", "eth0", 3, {1})}));
  EXPECT_TRUE(process.runs("b"));
  EXPECT_FALSE(process.runs("c")) << "its address is still the other one's";
}

TEST(InstancePlan, AnotherMemberReplacesAWholeSyncGroup) {
  RandomConfigs random(1);
  Process process;
  Config config = config_of({instance("a", "eth0", 1, {1}), instance("b", "eth0", 2, {2}),
                             instance("c", "eth0", 3, {3})});
  config.sync_groups = {{.name = "pair", .instances = {"a", "b"}}};
  process.configure(config);
  config.sync_groups[0].name = "another";
  EXPECT_EQ(process.configure(config).size(), 2U) << "another name is told, and changes nothing";
  process.expect_configured();
  config.sync_groups[0].instances.push_back("c");
  const auto steps = process.configure(config);
  EXPECT_EQ(steps.size(), 3U);
  for (const InstanceStep& step : steps) EXPECT_EQ(step.what, What::Leave);
  process.settle(random);
  process.expect_configured();
}

TEST(InstancePlan, WhoWaitsKeepsItsIdentityByItsName) {
  Process process;
  process.configure(config_of({instance("a", "eth0", 1, {1})}));
  process.configure(config_of({instance("a", "eth0", 2, {1})}));
  const RouterId waiting = process.id_of("a");
  process.configure(config_of({instance("a", "eth0", 3, {1})}));
  EXPECT_EQ(process.id_of("a"), waiting);
  EXPECT_FALSE(process.runs("a"));
}

/// More than a few seconds would be another order of growth.
TEST(InstancePlan, TenThousandAreReplaced) {
  constexpr unsigned kCount = 10'000;
  const auto config = [](Version version) {
    Config all;
    for (unsigned i = 0; i < kCount; ++i) {
      InstanceConfig each = instance("i" + std::to_string(i), "eth" + std::to_string(i / 100),
                                     static_cast<std::uint8_t>(1 + i % 100), {});
      each.version = version;
      each.virtual_addresses = {
          {boost::asio::ip::address_v4(0x0A000000U + i), 32},
          {boost::asio::ip::address_v4(0x0AFFFFFFU), 32}};  // all have this one
      all.instances.push_back(std::move(each));
    }
    return all;
  };
  const Config before = config(Version::V3);
  const Config after = config(Version::V2);
  const InstancePlan first = plan_instances({}, before, {}, 1);
  EXPECT_TRUE(first.steps.empty());
  std::vector<PresentInstance> present;
  for (const WantedInstance& each : first.wanted) {
    present.push_back({.id = each.id, .config = each.config, .phase = Phase::Runs});
  }
  EXPECT_TRUE(plan_instances(before, before, present, kCount + 1).steps.empty());
  const InstancePlan second = plan_instances(before, after, present, kCount + 1);
  EXPECT_EQ(second.steps.size(), kCount);
  for (PresentInstance& each : present) each.phase = Phase::HasLeft;
  for (const WantedInstance& each : second.wanted) {
    present.push_back({.id = each.id, .config = each.config});
  }
  EXPECT_EQ(next_steps(present).size(), kCount) << "all are cleared, and nobody is added yet";
  for (unsigned i = 0; i < kCount; ++i) present[i].phase = Phase::HasGone;
  EXPECT_EQ(next_steps(present).size(), 2 * kCount) << "all are forgotten, and all are added";
}

}  // namespace
}  // namespace evenkeel::vrrp
