// The laws of plan_instances() and next_steps(), under random configurations.
#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/vrrp/plan_process.h"
#include "vrrp/instance_plan.h"

namespace evenkeel::vrrp {
namespace {

using test::Process;
using test::RandomConfigs;
using test::What;

constexpr unsigned kSeeds = 300;

TEST(InstancePlanLaws, WhatRunsInTheEndIsTheNewConfiguration) {
  for (unsigned seed = 0; seed < kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomConfigs random(seed);
    Process process;
    for (int reload = 0; reload < 6; ++reload) {
      process.configure(random.next());
      // The next one comes early, as a rule.
      for (std::size_t count = random.below(6); count > 0; --count) process.proceed(random);
    }
    process.settle(random);
    process.expect_configured();
    EXPECT_TRUE(process.configure(Config(process.config())).empty());
    process.expect_configured();
  }
}

TEST(InstancePlanLaws, TheSameConfigurationAgainChangesNothingHoweverFarItHasCome) {
  for (unsigned seed = 0; seed < kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomConfigs random(seed);
    Process process;
    process.configure(random.next());
    process.configure(random.next());
    process.proceed(random);
    std::map<std::string, RouterId> before;
    for (const InstanceConfig& each : process.config().instances) {
      before[each.name] = process.id_of(each.name);
    }
    EXPECT_TRUE(process.configure(Config(process.config())).empty());
    for (const auto& [name, id] : before) EXPECT_EQ(process.id_of(name), id);
  }
}

bool can_go_on(const InstanceConfig& a, const InstanceConfig& b) {
  return a.key() == b.key() && a.version == b.version && a.link() == b.link() &&
         a.unicast == b.unicast;
}

TEST(InstancePlanLaws, WhoCanGoOnDoesAndKeepsItsIdentity) {
  for (unsigned seed = 0; seed < kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomConfigs random(seed);
    Process process;
    Config before = random.next();
    before.sync_groups.clear();
    process.configure(before);
    Config after = random.next();
    after.sync_groups.clear();
    std::map<RouterId, What> steps;
    const auto running = process.running();
    for (const InstanceStep& step : process.configure(after)) steps[step.id] = step.what;
    for (const auto& [id, each] : running) {
      const InstanceConfig& current = each.config;
      const auto next =
          std::find_if(after.instances.begin(), after.instances.end(),
                       [&](const InstanceConfig& config) { return can_go_on(config, current); });
      const auto step = steps.find(id);
      if (next == after.instances.end()) {
        ASSERT_NE(step, steps.end());
        EXPECT_EQ(step->second, What::Leave);
        continue;
      }
      EXPECT_EQ(process.id_of(next->name), id);
      EXPECT_EQ(step == steps.end(), *next == each.config);
      EXPECT_TRUE(step == steps.end() || step->second == What::Change);
    }
  }
}

/// By name, for another order gives other identities.
std::set<std::string> described(const Process& process, const std::vector<InstanceStep>& steps,
                                const std::map<RouterId, std::string>& names) {
  std::set<std::string> all;
  for (const InstanceStep& step : steps) {
    all.insert(std::to_string(static_cast<int>(step.what)) + names.at(step.id));
  }
  for (const auto& [id, each] : process.running()) all.insert("runs " + each.config.name);
  return all;
}

TEST(InstancePlanLaws, TheOrderOfTheFileDoesNotMatter) {
  for (unsigned seed = 0; seed < kSeeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomConfigs random(seed);
    Config before = random.next();
    Config after = random.next();
    std::set<std::string> first;
    for (int round = 0; round < 2; ++round) {
      Process process;
      process.configure(before);
      std::map<RouterId, std::string> names;
      for (const auto& [id, each] : process.running()) names[id] = each.config.name;
      const auto found = described(process, process.configure(after), names);
      if (round == 0) first = found;
      EXPECT_EQ(found, first);
      for (Config* each : {&before, &after}) {
        random.shuffle(each->instances);
        random.shuffle(each->sync_groups);
        for (SyncGroupConfig& group : each->sync_groups) random.shuffle(group.instances);
      }
    }
  }
}

}  // namespace
}  // namespace evenkeel::vrrp
