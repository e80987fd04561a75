// A configuration looked up by what it is asked for: 1,000 instances ask about each other. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vrrp/config.h"
#include "vrrp/instance_plan.h"

namespace evenkeel::vrrp {

class ConfigIndex {
 public:
  using Found = std::vector<const WantedInstance*>;

  ConfigIndex() = default;
  /// `wanted`: the instances of a configuration that stays where it is, and as it is.
  explicit ConfigIndex(std::vector<WantedInstance> wanted);
  // It refers to itself: a vector that is moved keeps its elements where they are.
  ConfigIndex(ConfigIndex&&) = default;
  ConfigIndex& operator=(ConfigIndex&&) = default;

  /// In the order of the configuration.
  [[nodiscard]] const std::vector<WantedInstance>& all() const { return wanted_; }
  /// nullptr: there is none.
  [[nodiscard]] const WantedInstance* find(RouterId id) const;
  [[nodiscard]] const WantedInstance* find(std::string_view name) const;
  /// Those of this interface with just these addresses, in this order.
  [[nodiscard]] Found with_addresses(const std::string& interface,
                                     const std::vector<InterfaceAddress>& addresses) const;
  /// Whether the instance has the address.
  [[nodiscard]] bool has(RouterId id, const InterfaceAddress& address) const {
    return places_.contains({id, address});
  }
  /// Those that have this address among others, on whatever interface.
  [[nodiscard]] Found with_address(const InterfaceAddress& address) const;

 private:
  std::vector<WantedInstance> wanted_;
  std::map<RouterId, const WantedInstance*> by_id_;
  std::map<std::string_view, const WantedInstance*> by_name_;
  std::multimap<std::pair<std::string, InterfaceAddress>, const WantedInstance*> by_first_address_;
  std::multimap<InterfaceAddress, const WantedInstance*> by_address_;
  std::set<std::pair<RouterId, InterfaceAddress>> places_;
};

/// Of all instances, sorted: none is a source address. Without an owner's, which are the host's
/// own.
[[nodiscard]] std::vector<Address> virtual_addresses(const Config& config);

}  // namespace evenkeel::vrrp
