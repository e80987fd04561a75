#include "vrrp/instance_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace evenkeel::vrrp {
namespace {

using What = InstanceStep::What;

/// The engine's instance can go on with the new configuration (Reconfigured).
bool is_same_router(const InstanceConfig& a, const InstanceConfig& b) {
  return a.key() == b.key() && a.version == b.version && listening_place(a) == listening_place(b);
}

/// An instance's sync group. `members`: the keys of the group's members; equal sets are stored
/// once, so pointers compare them. nullptr: no group.
struct Membership {
  std::string_view group{};
  const std::set<RouterKey>* members = nullptr;
};
using Memberships = std::map<std::string_view, Membership>;  ///< by the instance's name

Memberships memberships_in(const Config& config, std::set<std::set<RouterKey>>& known) {
  std::map<std::string_view, RouterKey> keys;
  for (const InstanceConfig& each : config.instances) keys.emplace(each.name, each.key());
  Memberships memberships;
  for (const SyncGroupConfig& group : config.sync_groups) {
    std::set<RouterKey> members;
    for (const std::string& name : group.instances) {
      if (const auto key = keys.find(name); key != keys.end()) members.insert(key->second);
    }
    const auto* same = &*known.insert(std::move(members)).first;
    for (const std::string& name : group.instances) {
      memberships.emplace(name, Membership{.group = group.name, .members = same});
    }
  }
  return memberships;
}

Membership membership_of(const InstanceConfig& config, const Memberships& memberships) {
  const auto found = memberships.find(config.name);
  return found == memberships.end() ? Membership() : found->second;
}

/// The names, keys, IDs and addresses of the instances that leave: no instance is added with one of
/// them.
class Taken {
 public:
  explicit Taken(std::span<const PresentInstance> present) {
    for (const PresentInstance& each : present) {
      if (each.phase == Phase::Waits || each.phase == Phase::Runs) continue;
      if (each.phase == Phase::HasGone) continue;
      names_.insert(each.config->name);
      keys_.insert(each.config->key());
      ids_.insert(id_in_place(*each.config));
      const auto all = all_addresses(*each.config);
      addresses_.insert(all.begin(), all.end());
    }
  }

  [[nodiscard]] bool has_part_of(const InstanceConfig& config) const {
    if (names_.contains(config.name) || keys_.contains(config.key())) return true;
    if (ids_.contains(id_in_place(config))) return true;
    const auto all = all_addresses(config);
    return std::any_of(all.begin(), all.end(), [this](const InterfaceAddress& address) {
      return addresses_.contains(address);
    });
  }

 private:
  using IdInPlace = std::pair<ListeningPlace, std::uint8_t>;
  [[nodiscard]] static IdInPlace id_in_place(const InstanceConfig& config) {
    return {listening_place(config), config.virtual_router_id};
  }

  std::set<std::string_view> names_;
  std::set<RouterKey> keys_;
  std::set<IdInPlace> ids_;
  std::set<InterfaceAddress> addresses_;
};

}  // namespace

ListeningPlace listening_place(const InstanceConfig& config) {
  return {config.link(), config.family,
          config.unicast ? std::optional(config.unicast->source) : std::nullopt};
}

InstancePlan plan_instances(const Config& before, const Config& after,
                            std::span<const PresentInstance> present, RouterId next_id) {
  std::set<std::set<RouterKey>> known_members;
  const Memberships memberships_before = memberships_in(before, known_members);
  const Memberships memberships = memberships_in(after, known_members);
  std::map<RouterKey, const PresentInstance*> holders;  // of the key
  std::map<std::string_view, RouterId> waiting;
  for (const PresentInstance& each : present) {
    if (each.phase == Phase::Waits) {
      waiting.emplace(each.config->name, each.id);
    } else {
      holders.emplace(each.config->key(), &each);
    }
  }
  InstancePlan plan{.next_id = next_id};
  std::map<RouterId, std::size_t> places;  // in `wanted`, of those that go on
  for (const InstanceConfig& config : after.instances) {
    WantedInstance& wanted = plan.wanted.emplace_back();
    wanted.config = &config;
    const Membership membership = membership_of(config, memberships);
    wanted.group = membership.group;
    if (const auto there = holders.find(config.key()); there != holders.end()) {
      const PresentInstance& holder = *there->second;
      if (holder.phase == Phase::Runs && is_same_router(*holder.config, config) &&
          membership_of(*holder.config, memberships_before).members == membership.members) {
        wanted.id = holder.id;
        places.emplace(wanted.id, plan.wanted.size() - 1);
        continue;
      }
      wanted.replaces = holder.id;
    }
    const auto known = waiting.find(config.name);
    wanted.id = known == waiting.end() ? plan.next_id++ : known->second;
  }
  for (const PresentInstance& each : present) {
    if (each.phase != Phase::Runs) continue;
    const auto place = places.find(each.id);
    if (place == places.end()) {
      plan.steps.push_back({.what = What::Leave, .id = each.id});
      continue;
    }
    const WantedInstance& wanted = plan.wanted[place->second];
    if (*wanted.config == *each.config && wanted.group == each.group) continue;
    plan.steps.push_back(
        {.what = What::Change, .id = each.id, .config = wanted.config, .group = wanted.group});
  }
  return plan;
}

std::vector<InstanceStep> next_steps(std::span<const PresentInstance> present) {
  // The members of a group are cleared together: who is left needs to know of the others.
  std::set<std::string_view> leaving;
  for (const PresentInstance& each : present) {
    if (each.phase == Phase::Leaves && !each.group.empty()) leaving.insert(each.group);
  }
  std::vector<InstanceStep> steps;
  for (const PresentInstance& each : present) {
    if (each.phase != Phase::HasLeft || leaving.contains(each.group)) continue;
    steps.push_back({.what = What::Clear, .id = each.id});
  }
  bool has_waiting = false;
  for (const PresentInstance& each : present) {
    if (each.phase == Phase::HasGone) steps.push_back({.what = What::Forget, .id = each.id});
    has_waiting = has_waiting || each.phase == Phase::Waits;
  }
  if (!has_waiting) return steps;
  const Taken taken(present);
  for (const PresentInstance& each : present) {
    if (each.phase != Phase::Waits || taken.has_part_of(*each.config)) continue;
    steps.push_back({.what = What::Add, .id = each.id, .config = each.config, .group = each.group});
  }
  return steps;
}

}  // namespace evenkeel::vrrp
