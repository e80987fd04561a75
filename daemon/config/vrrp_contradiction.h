// A contradiction in the configuration of virtual routers, and its place in the file.
//
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/config/vrrp_keys.h"

namespace evenkeel::daemon {

using InstanceKey = KeyOf<vrrp::InstanceConfig>;
using ScheduleKey = KeyOf<vrrp::AnnouncementSchedule>;
using GroupKey = KeyOf<vrrp::SyncGroupConfig>;

struct VrrpSpot {
  std::size_t index = 0;  ///< in Config::instances; with a GroupKey in Config::sync_groups
  /// None: the table of the instance. ScheduleKey: of its announcements.
  std::variant<std::monostate, InstanceKey, ScheduleKey, GroupKey> key;
  std::optional<std::size_t> element;  ///< of the key's array; of "unicast": 0 = the source,
                                       ///< then the peers

  [[nodiscard]] bool is_group() const { return std::holds_alternative<GroupKey>(key); }
};

struct VrrpContradiction {
  VrrpSpot at;
  std::string message;
  /// The message is about a second place: `MESSAGE, at f:12`.
  std::optional<VrrpSpot> earlier = std::nullopt;
  /// Further keys of the same instances that it rests on: where one of them could not be read,
  /// there is nothing to say.
  std::vector<InstanceKey> rests_on = {};
};

}  // namespace evenkeel::daemon
