#include "vrrp/config_index.h"

#include <algorithm>
#include <utility>

namespace evenkeel::vrrp {
namespace {

const WantedInstance* at(const auto& map, const auto& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

}  // namespace

ConfigIndex::ConfigIndex(std::vector<WantedInstance> wanted) : wanted_(std::move(wanted)) {
  for (const WantedInstance& each : wanted_) {
    const InstanceConfig& config = *each.config;
    by_id_.emplace(each.id, &each);
    by_name_.emplace(config.name, &each);
    by_first_address_.emplace(std::pair(config.interface, config.virtual_addresses.front()), &each);
    for (const InterfaceAddress& address : all_addresses(config)) {
      by_address_.emplace(address, &each);
      places_.emplace(each.id, address);
    }
  }
}

const WantedInstance* ConfigIndex::find(RouterId id) const {
  return at(by_id_, id);
}

const WantedInstance* ConfigIndex::find(std::string_view name) const {
  return at(by_name_, name);
}

ConfigIndex::Found ConfigIndex::with_addresses(
    const std::string& interface, const std::vector<InterfaceAddress>& addresses) const {
  Found found;
  const auto [first, last] = by_first_address_.equal_range({interface, addresses.front()});
  for (auto each = first; each != last; ++each) {
    if (all_addresses(*each->second->config) == addresses) found.push_back(each->second);
  }
  return found;
}

ConfigIndex::Found ConfigIndex::with_address(const InterfaceAddress& address) const {
  Found found;
  const auto [first, last] = by_address_.equal_range(address);
  for (auto each = first; each != last; ++each) found.push_back(each->second);
  return found;
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
