#include "vrrp/config.h"

#include <algorithm>

#include "vrrp/advertisement.h"

namespace evenkeel::vrrp {

std::vector<InterfaceAddress> all_addresses(const InstanceConfig& config) {
  std::vector<InterfaceAddress> all = config.virtual_addresses;
  all.insert(all.end(), config.extra_addresses.begin(), config.extra_addresses.end());
  return all;
}

std::string sync_group_of(const Config& config, const std::string& instance) {
  for (const SyncGroupConfig& group : config.sync_groups) {
    const auto& names = group.instances;
    if (std::find(names.begin(), names.end(), instance) != names.end()) return group.name;
  }
  return "";
}

bool fits(const InstanceConfig& config, std::uint32_t mtu) {
  return mtu == 0 || config.family == Family::IPv6 ||
         packet_size(config.version, config.family, config.virtual_addresses.size()) <= mtu;
}

}  // namespace evenkeel::vrrp
