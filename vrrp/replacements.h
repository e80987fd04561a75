// What an instance that a reload takes out leaves to the one that takes its place, until that one
// is added. Pure.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "vrrp/config_index.h"

namespace evenkeel::vrrp {

struct Left {
  bool is_held = false;
  bool has_addresses = false;  ///< takes them up: they were left unanswered
};

class Replacements {
 public:
  /// The hold goes to the next of its name. Where nobody has answered, an instance (of another
  /// version, ID or group) with the same addresses takes them up as they are, if it may_replace()
  /// this one: it waits, and nobody else leaves with its key, who may have been answered by a
  /// Master. Both are of `index`.
  void leave(const InstanceConfig& config, bool is_held, bool is_unanswered,
             const ConfigIndex& index,
             const std::function<bool(const WantedInstance&)>& may_replace);
  /// The address is taken up.
  [[nodiscard]] bool is_kept(const std::string& interface, const InterfaceAddress& address) const {
    return kept_.contains({interface, address});
  }
  /// The instance is added. Nothing: it replaces nobody.
  [[nodiscard]] std::optional<Left> take(RouterId id, const InstanceConfig& config);
  /// After a reload: of those that wait no more nothing is kept.
  void update(const ConfigIndex& index);

 private:
  void keep(const InstanceConfig& config);

  std::map<RouterId, Left> left_;
  std::set<std::pair<std::string, InterfaceAddress>> kept_;  ///< interface, address
};

}  // namespace evenkeel::vrrp
