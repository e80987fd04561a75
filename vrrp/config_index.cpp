#include "vrrp/config_index.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

const InstanceConfig* at(const auto& map, const auto& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

ConfigIndex::ConfigIndex(const Config& config)
    : addresses_(evenkeel::vrrp::virtual_addresses(config)) {
  for (const InstanceConfig& each : config.instances) {
    by_key_.emplace(each.key(), &each);
    by_name_.emplace(each.name, &each);
    by_first_address_.emplace(std::pair(each.interface, each.virtual_addresses.front()), &each);
    for (const InterfaceAddress& address : all_addresses(each)) {
      by_address_.emplace(address, &each);
      places_.emplace(&each, address);
    }
  }
  for (const SyncGroupConfig& group : config.sync_groups) {
    for (const std::string& name : group.instances) {
      groups_.emplace(name, group.name);
      if (const InstanceConfig* member = find(name)) members_[group.name].insert(member->key());
    }
  }
}

const InstanceConfig* ConfigIndex::find(const RouterKey& key) const {
  return at(by_key_, key);
}

const InstanceConfig* ConfigIndex::find(const std::string& name) const {
  return at(by_name_, name);
}

std::vector<const InstanceConfig*> ConfigIndex::with_addresses(
    const std::string& interface, const std::vector<InterfaceAddress>& addresses) const {
  std::vector<const InstanceConfig*> found;
  const auto [first, last] = by_first_address_.equal_range({interface, addresses.front()});
  for (auto each = first; each != last; ++each) {
    if (all_addresses(*each->second) == addresses) found.push_back(each->second);
  }
  return found;
}

bool ConfigIndex::has(const RouterKey& key, const InterfaceAddress& address) const {
  return places_.contains({find(key), address});
}

std::vector<const InstanceConfig*> ConfigIndex::with_address(
    const InterfaceAddress& address) const {
  std::vector<const InstanceConfig*> found;
  const auto [first, last] = by_address_.equal_range(address);
  for (auto each = first; each != last; ++each) found.push_back(each->second);
  return found;
}

const std::string& ConfigIndex::group_of(const std::string& instance) const {
  static const std::string none;
  const auto found = groups_.find(instance);
  return found == groups_.end() ? none : found->second;
}

const std::set<RouterKey>& ConfigIndex::members_with(const std::string& instance) const {
  static const std::set<RouterKey> none;
  const auto found = members_.find(group_of(instance));
  return found == members_.end() ? none : found->second;
}

std::vector<Address> virtual_addresses(const Config& config) {
  std::vector<Address> addresses;
  for (const InstanceConfig& each : config.instances) {
    if (each.priority == kOwnerPriority) continue;
    for (const InterfaceAddress& address : all_addresses(each)) {
      addresses.push_back(address.address);
    }
  }
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

}  // namespace evenkeel::vrrp
