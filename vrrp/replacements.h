// The hold and the addresses that a replaced instance leaves to its replacement, until that one is
// added. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "vrrp/config_index.h"

namespace evenkeel::vrrp {

struct Replacement {
  bool is_held = false;
  bool takes_up_addresses = false;  ///< they were left unanswered
};

/// Whether the instance is not in the process; of nobody (0) it is true.
using Waits = std::function<bool(RouterId)>;

/// `wanted` waits, and no instance but `leaver` (0: none) still has its key: a Master may have
/// answered that one.
[[nodiscard]] bool may_replace(const WantedInstance& wanted, RouterId leaver, const Waits& waits);

class Replacements {
 public:
  /// The instance `id` has left. The hold goes to the next of its name. Where nobody has answered,
  /// an instance (of another version, ID or group) with the same addresses that may_replace() it
  /// takes them up as they are. Both are of `index`, and wait.
  void leave(RouterId id, const InstanceConfig& config, bool is_held, bool is_unanswered,
             const ConfigIndex& index, const Waits& waits);
  /// The address is taken up.
  [[nodiscard]] bool is_kept(const std::string& interface, const InterfaceAddress& address) const {
    return kept_.contains({interface, address});
  }
  /// The instance is added. Nothing: it replaces nobody.
  [[nodiscard]] std::optional<Replacement> take(RouterId id, const InstanceConfig& config);
  /// After a reload: drops the entries of instances that the configuration has no more.
  void update(const ConfigIndex& index);

 private:
  void keep(const InstanceConfig& config);

  std::map<RouterId, Replacement> replacements_;
  std::set<std::pair<std::string, InterfaceAddress>> kept_;  ///< interface, address
};

}  // namespace evenkeel::vrrp
