#include "daemon/config/vrrp_rules.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "daemon/config/track_rules.h"
#include "daemon/config/value.h"

namespace evenkeel::daemon {
namespace {

/// Contradictions within one instance.
class InstanceRules {
 public:
  InstanceRules(const vrrp::InstanceConfig& instance, std::size_t index,
                std::vector<VrrpContradiction>& found)
      : instance_(instance), index_(index), found_(found) {}

  void apply() {
    judge_version();
    judge_families();
    judge_owner();
    judge_announcements();
    if (instance_.unicast) judge_unicast(*instance_.unicast);
    if (!instance_.unicast && !instance_.unicast_interface.empty()) {
      add("unicast_interface",
          "\"unicast_interface\" needs \"unicast\": multicast goes over the interface itself",
          {"unicast"});
    }
  }

 private:
  void judge_version();
  void judge_families();
  void judge_owner();
  void judge_announcements();
  void judge_unicast(const vrrp::Unicast& unicast);
  void add(InstanceKey key, std::string message, std::vector<InstanceKey> rests_on,
           std::optional<std::size_t> element = std::nullopt) {
    found_.push_back({.at = {.index = index_, .key = key, .element = element},
                      .message = std::move(message),
                      .earlier = std::nullopt,
                      .rests_on = std::move(rests_on)});
  }

  /// A contradiction in the key `at` of the announcements.
  void add_to_at(std::string message, std::optional<std::size_t> element = std::nullopt) {
    found_.push_back({.at = {.index = index_, .key = ScheduleKey("at"), .element = element},
                      .message = std::move(message)});
  }

  const vrrp::InstanceConfig& instance_;
  std::size_t index_;
  std::vector<VrrpContradiction>& found_;
};

void InstanceRules::judge_version() {
  const bool is_v2 = instance_.version == vrrp::Version::V2;
  const bool is_ipv6 = instance_.family == vrrp::Family::IPv6;
  if (is_v2 && is_ipv6) {
    add("version", "\"version\" 2 is for IPv4 only: IPv6 needs version 3",
        {"family", "virtual_addresses"});
  }
  if (!is_v2 && !instance_.password.empty()) {
    add("password", "\"password\" is for version 2 only: version 3 has none", {"version"});
  }
  if (instance_.checksum != vrrp::ChecksumPolicy::Auto && (is_v2 || is_ipv6)) {
    add("checksum",
        "\"checksum\" is for version 3 over IPv4 only: elsewhere there is one way to sum",
        {"version", "family", "virtual_addresses"});
  }
}

void InstanceRules::judge_families() {
  const std::vector<vrrp::InterfaceAddress>& addresses = instance_.virtual_addresses;
  constexpr auto kAddresses = kKindOf<vrrp::InstanceConfig, InstanceKey("virtual_addresses")>;
  static_assert(kAddresses.fewest == 1, "the message says one");
  if (addresses.size() < kAddresses.fewest) {
    add("virtual_addresses", "\"virtual_addresses\" must have at least one address", {});
  }
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const vrrp::Family family = vrrp::family_of(addresses[i].address);
    if (family == instance_.family) continue;
    add("virtual_addresses",
        addresses[i].address.to_string() + " is an address of " + std::string(to_string(family)) +
            " in an instance of " + std::string(to_string(instance_.family)) +
            ": it needs an instance of its own, or \"extra_addresses\"",
        {"family"}, i);
  }
  const std::size_t most = most_virtual_addresses(instance_.family);
  if (addresses.size() > most) {
    add("virtual_addresses",
        "an instance of " + std::string(to_string(instance_.family)) + " advertises at most " +
            std::to_string(most) + " addresses, not " + std::to_string(addresses.size()) +
            ": put the others into \"extra_addresses\"",
        {"family"});
  }
}

void InstanceRules::judge_owner() {
  if (instance_.priority != vrrp::kOwnerPriority) return;
  if (instance_.preempt_delay != vrrp::Duration::zero()) {
    add("preempt_delay", "\"preempt_delay\" cannot be with priority 255: the owner never waits",
        {"priority"});
  }
  if (instance_.preempt_margin != 0) {
    add("preempt_margin",
        "\"preempt_margin\" cannot be with priority 255: the owner always preempts", {"priority"});
  }
  if (!instance_.preempt) {
    add("preempt", "\"preempt\" cannot be false with priority 255: the owner always preempts",
        {"priority"});
  }
}

void InstanceRules::judge_announcements() {
  const std::vector<vrrp::Duration>& at = instance_.announcements.at;
  constexpr auto kAt = kKindOf<vrrp::AnnouncementSchedule, ScheduleKey("at")>;
  if (at.size() < kAt.fewest || at.size() > kAt.most) {
    add_to_at("\"at\" must have " + std::to_string(kAt.fewest) + " .. " + std::to_string(kAt.most) +
              " durations, not " + std::to_string(at.size()));
  }
  for (std::size_t i = 1; i < at.size(); ++i) {
    if (at[i] > at[i - 1]) continue;
    add_to_at("the durations of \"at\" must ascend", i);
  }
}

void InstanceRules::judge_unicast(const vrrp::Unicast& unicast) {
  std::vector<vrrp::Address> nodes = {unicast.source};
  nodes.insert(nodes.end(), unicast.peers.begin(), unicast.peers.end());
  if (nodes.size() == 1) {
    add("unicast", "\"unicast\" names no other node: leave it out for multicast", {});
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::string text = nodes[i].to_string();
    if (vrrp::family_of(nodes[i]) != instance_.family) {
      add("unicast",
          "\"unicast\": " + text + " is not an address of " +
              std::string(to_string(instance_.family)) + ", the instance's family",
          {"family", "virtual_addresses"}, i);
    }
    if (std::find(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(i), nodes[i]) !=
        nodes.begin() + static_cast<std::ptrdiff_t>(i)) {
      add("unicast", "\"unicast\": two nodes cannot have the same address, " + text, {}, i);
    }
    const auto is_it = [&](const vrrp::InterfaceAddress& moved) {
      return moved.address == nodes[i];
    };
    if (std::any_of(instance_.virtual_addresses.begin(), instance_.virtual_addresses.end(),
                    is_it) ||
        std::any_of(instance_.extra_addresses.begin(), instance_.extra_addresses.end(), is_it)) {
      add("unicast",
          "\"unicast\": " + text +
              " is an address that the instance moves: nodes talk from addresses that stay",
          {"virtual_addresses", "extra_addresses"}, i);
    }
  }
}

/// An address that an instance moves, and where it stands.
struct MovedAddress {
  std::string_view interface;
  vrrp::Address address;
  VrrpSpot spot;

  [[nodiscard]] auto key() const { return std::tie(interface, address); }
};

std::vector<MovedAddress> moved_addresses(const vrrp::Config& config) {
  std::vector<MovedAddress> moved;
  for (std::size_t i = 0; i < config.instances.size(); ++i) {
    const vrrp::InstanceConfig& instance = config.instances[i];
    const auto add = [&](const std::vector<vrrp::InterfaceAddress>& addresses, InstanceKey key) {
      for (std::size_t e = 0; e < addresses.size(); ++e) {
        moved.push_back({.interface = instance.interface,
                         .address = addresses[e].address,
                         .spot = {.index = i, .key = key, .element = e}});
      }
    };
    add(instance.virtual_addresses, "virtual_addresses");
    add(instance.extra_addresses, "extra_addresses");
  }
  return moved;
}

void find_repeated_addresses(const vrrp::Config& config, std::vector<VrrpContradiction>& found) {
  std::vector<MovedAddress> moved = moved_addresses(config);
  std::stable_sort(moved.begin(), moved.end(),
                   [](const auto& a, const auto& b) { return a.key() < b.key(); });
  const MovedAddress* first = nullptr;
  for (const MovedAddress& again : moved) {
    if (!first || first->key() != again.key()) {
      first = &again;
      continue;
    }
    const bool is_same_instance = first->spot.index == again.spot.index;
    found.push_back({.at = again.spot,
                     .message = again.address.to_string() +
                                (is_same_instance ? " is in this instance already"
                                                  : " is moved by another instance on " +
                                                        std::string(again.interface) + " already"),
                     .earlier = first->spot,
                     .rests_on = is_same_instance ? std::vector<InstanceKey>()
                                                  : std::vector<InstanceKey>{"interface"}});
  }
}

void find_repeated_instances(const vrrp::Config& config, std::vector<VrrpContradiction>& found) {
  const std::vector<vrrp::InstanceConfig>& all = config.instances;
  if (all.size() > kMostInstances) {
    found.push_back({.at = {.index = kMostInstances},
                     .message = "at most " + std::to_string(kMostInstances) + " instances"});
  }
  std::map<std::string_view, std::size_t> names;
  std::map<vrrp::RouterKey, std::size_t> keys, links;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].name.empty()) {
      const auto [entry, is_new] = names.try_emplace(all[i].name, i);
      if (!is_new) {
        found.push_back({.at = {.index = i, .key = InstanceKey("name")},
                         .message = "an instance \"" + all[i].name + "\" is there already",
                         .earlier = VrrpSpot{.index = entry->second, .key = InstanceKey("name")}});
      }
    }
    const auto [entry, is_new] = keys.try_emplace(all[i].key(), i);
    if (!is_new) {
      found.push_back(
          {.at = {.index = i, .key = InstanceKey("virtual_router_id")},
           .message = "virtual_router_id " + std::to_string(all[i].virtual_router_id) +
                      " is used by another instance of " + std::string(to_string(all[i].family)) +
                      " on " + all[i].interface + " already",
           .earlier = VrrpSpot{.index = entry->second, .key = InstanceKey("virtual_router_id")},
           .rests_on = {"interface", "family", "virtual_addresses"}});
      continue;
    }
    const vrrp::RouterKey spoken{all[i].link(), all[i].family, all[i].virtual_router_id};
    const auto [link, is_new_there] = links.try_emplace(spoken, i);
    if (!is_new_there) {
      found.push_back(
          {.at = {.index = i, .key = InstanceKey("virtual_router_id")},
           .message = "virtual_router_id " + std::to_string(all[i].virtual_router_id) +
                      " is advertised over " + all[i].link() + " by another instance of " +
                      std::string(to_string(all[i].family)) + " already",
           .earlier = VrrpSpot{.index = link->second, .key = InstanceKey("virtual_router_id")},
           .rests_on = {"interface", "unicast_interface", "family", "virtual_addresses"}});
    }
  }
}

/// Contradictions of sync groups and their members.
class GroupRules {
 public:
  GroupRules(const vrrp::Config& config, std::vector<VrrpContradiction>& found)
      : config_(config), found_(found) {
    for (std::size_t i = 0; i < config.instances.size(); ++i) {
      instances_.try_emplace(config.instances[i].name, i);
    }
  }

  void apply() {
    for (std::size_t g = 0; g < config_.sync_groups.size(); ++g) {
      judge_name(g);
      judge_members(g);
    }
  }

 private:
  void judge_name(std::size_t group);
  void judge_members(std::size_t group);
  void judge_agreement(std::size_t instance, std::size_t first);
  static VrrpSpot spot(std::size_t group, GroupKey key,
                       std::optional<std::size_t> element = std::nullopt) {
    return {.index = group, .key = key, .element = element};
  }

  const vrrp::Config& config_;
  std::vector<VrrpContradiction>& found_;
  std::map<std::string_view, std::size_t> instances_;
  std::map<std::string_view, std::size_t> groups_;
  std::map<std::string_view, VrrpSpot> members_;
};

void GroupRules::judge_name(std::size_t group) {
  const std::string& name = config_.sync_groups[group].name;
  if (name.empty()) return;
  const auto [entry, is_new] = groups_.try_emplace(name, group);
  if (is_new) return;
  found_.push_back({.at = spot(group, "name"),
                    .message = "a sync group \"" + name + "\" is there already",
                    .earlier = spot(entry->second, "name")});
}

void GroupRules::judge_members(std::size_t group) {
  const std::vector<std::string>& names = config_.sync_groups[group].instances;
  constexpr auto kMembers = kKindOf<vrrp::SyncGroupConfig, GroupKey("instances")>;
  static_assert(kMembers.fewest == 2, "the message says two");
  if (names.size() < kMembers.fewest) {
    found_.push_back(
        {.at = spot(group, "instances"), .message = "a sync group has at least two instances"});
  }
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const VrrpSpot here = spot(group, "instances", i);
    const auto known = instances_.find(names[i]);
    if (names[i].empty() || known == instances_.end()) {
      found_.push_back({.at = here, .message = "there is no instance \"" + names[i] + "\""});
      continue;
    }
    const auto [entry, is_new] = members_.try_emplace(names[i], here);
    if (!is_new) {
      found_.push_back({.at = here,
                        .message = "\"" + names[i] + "\" is in a sync group already",
                        .earlier = entry->second});
    }
    if (!first) {
      first = known->second;
    } else {
      judge_agreement(known->second, *first);
    }
  }
}

/// The group takes over as one: it cannot preempt with one member and wait with another.
void GroupRules::judge_agreement(std::size_t instance, std::size_t first) {
  const vrrp::InstanceConfig& one = config_.instances[instance];
  const vrrp::InstanceConfig& other = config_.instances[first];
  const auto disagree = [&](InstanceKey key, const std::string& value) {
    found_.push_back({.at = {.index = instance, .key = key},
                      .message = in_quotes(key.name()) + " is " + value + " here, but not in \"" +
                                 other.name + "\" of the same sync group",
                      .earlier = VrrpSpot{.index = first, .key = key}});
  };
  if (one.preempt != other.preempt) disagree("preempt", one.preempt ? "true" : "false");
  if (one.preempt_margin != other.preempt_margin) {
    disagree("preempt_margin", std::to_string(one.preempt_margin));
  }
}

}  // namespace

std::vector<VrrpContradiction> contradictions(const vrrp::Config& config) {
  std::vector<VrrpContradiction> found;
  for (std::size_t i = 0; i < config.instances.size(); ++i) {
    InstanceRules(config.instances[i], i, found).apply();
  }
  find_repeated_instances(config, found);
  find_repeated_addresses(config, found);
  GroupRules(config, found).apply();
  find_track_contradictions(config, found);
  return found;
}

}  // namespace evenkeel::daemon
