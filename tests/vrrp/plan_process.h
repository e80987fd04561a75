// Random configurations of instances, and a process that carries out their plans.
#pragma once

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vrrp/config_index.h"
#include "vrrp/instance_plan.h"
#include "vrrp/replacements.h"

namespace evenkeel::vrrp::test {

using What = InstanceStep::What;

inline InterfaceAddress address(unsigned number) {
  return {boost::asio::ip::make_address("192.0.2." + std::to_string(number)), 32};
}

inline InstanceConfig instance(const std::string& name, const std::string& interface,
                               std::uint8_t id, const std::vector<unsigned>& addresses) {
  InstanceConfig config;
  config.name = name;
  config.interface = interface;
  config.virtual_router_id = id;
  for (const unsigned each : addresses) config.virtual_addresses.push_back(address(each));
  return config;
}

/// Few names, interfaces, IDs and addresses, so that they meet.
class RandomConfigs {
 public:
  explicit RandomConfigs(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_);
  }
  template <typename T>
  void shuffle(std::vector<T>& all) {
    std::shuffle(all.begin(), all.end(), random_);
  }
  Config next() {
    Config config;
    std::set<std::string> names;
    std::set<RouterKey> keys;
    const std::size_t count = below(8);
    for (std::size_t i = 0; i < count; ++i) {
      InstanceConfig each =
          instance(std::string(1, static_cast<char>('a' + below(8))),
                   below(2) == 0 ? "eth0" : "eth1", static_cast<std::uint8_t>(1 + below(6)), {});
      for (std::size_t n = 1 + below(3); n > 0; --n) {
        const InterfaceAddress one = address(static_cast<unsigned>(1 + below(8)));
        const auto& all = each.virtual_addresses;
        if (std::find(all.begin(), all.end(), one) == all.end()) {
          each.virtual_addresses.push_back(one);
        }
      }
      if (below(6) == 0) each.version = Version::V2;
      if (below(4) == 0) each.priority = 150;
      if (below(6) == 0) each.unicast_interface = "eth2";
      if (below(6) == 0) {
        each.unicast = {.source = boost::asio::ip::make_address("198.51.100.1"),
                        .peers = {boost::asio::ip::make_address("198.51.100.2")}};
      }
      if (!names.insert(each.name).second || !keys.insert(each.key()).second) continue;
      config.instances.push_back(std::move(each));
    }
    add_groups(config);
    return config;
  }

 private:
  void add_groups(Config& config) {
    std::vector<std::string> names;
    for (const InstanceConfig& each : config.instances) names.push_back(each.name);
    shuffle(names);
    for (const char* group : {"one", "two"}) {
      if (names.size() < 2 || below(2) == 0) continue;
      config.sync_groups.push_back({.name = group, .instances = {names.back()}});
      names.pop_back();
      config.sync_groups.back().instances.push_back(names.back());
      names.pop_back();
    }
  }

  std::mt19937 random_;
};

/// A process that carries out plans, and checks each step.
class Process {
 public:
  struct Running {
    InstanceConfig config;
    std::string group;
    Phase phase = Phase::Runs;
    bool is_unanswered = false;
  };

  /// The steps of the plan.
  std::vector<InstanceStep> configure(const Config& config) {
    const auto before = std::exchange(config_, std::make_unique<Config>(config));
    InstancePlan plan = plan_instances(*before, *config_, present(), next_id_);
    next_id_ = plan.next_id;
    index_ = ConfigIndex(plan.wanted);
    for (const InstanceStep& step : plan.steps) {
      Running& running = running_.at(step.id);
      EXPECT_EQ(running.phase, Phase::Runs);
      if (step.what == What::Leave) {
        running.phase = Phase::Leaves;
        continue;
      }
      EXPECT_EQ(step.what, What::Change);
      EXPECT_EQ(step.config->key(), running.config.key());
      EXPECT_TRUE(*step.config != running.config || step.group != running.group);
      running.config = *step.config;
      running.group = step.group;
    }
    replacements_.update(index_);
    go_on();
    return plan.steps;
  }
  /// One of those that are on their way out gets on. False: there is none.
  bool proceed(RandomConfigs& random) {
    std::vector<Running*> leaving;
    for (auto& [id, each] : running_) {
      if (each.phase == Phase::Leaves || each.phase == Phase::Clears) leaving.push_back(&each);
    }
    if (leaving.empty()) return false;
    Running& one = *leaving[random.below(leaving.size())];
    one.is_unanswered = random.below(2) == 0;
    one.phase = one.phase == Phase::Leaves ? Phase::HasLeft : Phase::HasGone;
    go_on();
    return true;
  }
  void settle(RandomConfigs& random) {
    while (proceed(random)) {
    }
  }
  /// Runs just what the configuration says.
  void expect_configured() const {
    EXPECT_EQ(running_.size(), config_->instances.size());
    for (const WantedInstance& each : index_.all()) {
      const auto found = running_.find(each.id);
      if (found == running_.end()) {
        ADD_FAILURE() << each.config->name << " is missing";
        continue;
      }
      EXPECT_EQ(found->second.config, *each.config);
      EXPECT_EQ(found->second.group, each.group);
      EXPECT_EQ(found->second.phase, Phase::Runs);
    }
  }
  [[nodiscard]] RouterId id_of(const std::string& name) const {
    const WantedInstance* found = index_.find(name);
    return found == nullptr ? 0 : found->id;
  }
  [[nodiscard]] const WantedInstance& wanted(const std::string& name) const {
    return *index_.find(name);
  }
  [[nodiscard]] const std::map<RouterId, Running>& running() const { return running_; }
  [[nodiscard]] bool runs(const std::string& name) const { return running_.contains(id_of(name)); }
  [[nodiscard]] std::vector<PresentInstance> present() const {
    std::vector<PresentInstance> present;
    for (const auto& [id, each] : running_) {
      present.push_back(
          {.id = id, .config = &each.config, .group = each.group, .phase = each.phase});
    }
    for (const WantedInstance& each : index_.all()) {
      if (running_.contains(each.id)) continue;
      present.push_back({.id = each.id, .config = each.config, .group = each.group});
    }
    return present;
  }
  const Config& config() const { return *config_; }

 private:
  void go_on() {
    int last = 0;
    const auto order = [](What what) {
      return what == What::Clear ? 1 : what == What::Forget ? 2 : 3;
    };
    const auto steps = next_steps(present());
    for (const InstanceStep& step : steps) {
      if (step.what == What::Clear) leave(step.id);
    }
    for (const InstanceStep& step : steps) {
      EXPECT_GE(order(step.what), last) << "Clear, Forget, Add";
      last = order(step.what);
      if (step.what == What::Clear) {
        clear(step.id);
      } else if (step.what == What::Forget) {
        EXPECT_EQ(running_.at(step.id).phase, Phase::HasGone);
        running_.erase(step.id);
      } else {
        add(step);
      }
    }
    EXPECT_TRUE(next_steps(present()).empty()) << "all was done that can be done";
  }
  void leave(RouterId id) {
    const Running& running = running_.at(id);
    replacements_.leave(id, running.config, false, running.is_unanswered, index_, waits_);
  }
  void clear(RouterId id) {
    Running& running = running_.at(id);
    EXPECT_EQ(running.phase, Phase::HasLeft);
    running.phase = Phase::Clears;
    for (const auto& [other, each] : running_) {
      const bool is_with_it = !running.group.empty() && each.group == running.group;
      EXPECT_FALSE(is_with_it && each.phase == Phase::Leaves) << "of a group that still leaves";
    }
    // Nobody has answered: what its replacement has as well stays, until that is added.
    for (const WantedInstance& each : index_.all()) {
      if (!may_replace(each, id, waits_) || each.config->interface != running.config.interface ||
          all_addresses(*each.config) != all_addresses(running.config)) {
        continue;
      }
      for (const InterfaceAddress& one : all_addresses(*each.config)) {
        EXPECT_TRUE(!running.is_unanswered || replacements_.is_kept(running.config.interface, one));
      }
    }
  }
  void add(const InstanceStep& step) {
    EXPECT_TRUE(ever_.insert(step.id).second) << "an identity is used once";
    for (const auto& [id, each] : running_) {
      EXPECT_NE(each.config.name, step.config->name);
      EXPECT_NE(each.config.key(), step.config->key());
      if (each.phase == Phase::Runs) continue;
      EXPECT_FALSE(listening_place(each.config) == listening_place(*step.config) &&
                   each.config.virtual_router_id == step.config->virtual_router_id);
      for (const InterfaceAddress& one : all_addresses(each.config)) {
        const auto all = all_addresses(*step.config);
        EXPECT_EQ(std::find(all.begin(), all.end(), one), all.end()) << to_string(one);
      }
    }
    running_.emplace(step.id, Running{.config = *step.config, .group = std::string(step.group)});
    (void)replacements_.take(step.id, *step.config);
  }

  std::unique_ptr<Config> config_ = std::make_unique<Config>();
  ConfigIndex index_;
  std::map<RouterId, Running> running_;
  std::set<RouterId> ever_;
  Replacements replacements_;
  RouterId next_id_ = 1;
  const Waits waits_ = [this](RouterId id) { return !running_.contains(id); };
};

}  // namespace evenkeel::vrrp::test
