// A configuration looked up by what it is asked for: 1,000 instances ask about each other. Pure.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "vrrp/config.h"

namespace evenkeel::vrrp {

class ConfigIndex {
 public:
  ConfigIndex() = default;
  /// `config` stays where it is, and as it is.
  explicit ConfigIndex(const Config& config);

  /// nullptr: there is none.
  [[nodiscard]] const InstanceConfig* find(const RouterKey& key) const;
  [[nodiscard]] const InstanceConfig* find(const std::string& name) const;
  /// Those of this interface with just these addresses, in this order.
  [[nodiscard]] std::vector<const InstanceConfig*> with_addresses(
      const std::string& interface, const std::vector<InterfaceAddress>& addresses) const;
  /// Whether the instance with this key has the address.
  [[nodiscard]] bool has(const RouterKey& key, const InterfaceAddress& address) const;
  /// Those that have this address among others, on whatever interface.
  [[nodiscard]] std::vector<const InstanceConfig*> with_address(
      const InterfaceAddress& address) const;
  /// The sync group's name; "" = the instance is in none.
  [[nodiscard]] const std::string& group_of(const std::string& instance) const;
  /// Who goes together with the instance; empty: it is in no sync group.
  [[nodiscard]] const std::set<RouterKey>& members_with(const std::string& instance) const;
  /// virtual_addresses() of all instances.
  [[nodiscard]] std::span<const Address> virtual_addresses() const { return addresses_; }

 private:
  std::map<RouterKey, const InstanceConfig*> by_key_;
  std::map<std::string, const InstanceConfig*> by_name_;
  std::map<std::string, std::string> groups_;
  std::map<std::string, std::set<RouterKey>> members_;
  std::multimap<std::pair<std::string, InterfaceAddress>, const InstanceConfig*> by_first_address_;
  std::multimap<InterfaceAddress, const InstanceConfig*> by_address_;
  std::set<std::pair<const InstanceConfig*, InterfaceAddress>> places_;
  std::vector<Address> addresses_;
};

/// Of all instances, sorted: none is a source address. Without an owner's, which are the host's
/// own.
[[nodiscard]] std::vector<Address> virtual_addresses(const Config& config);

}  // namespace evenkeel::vrrp
