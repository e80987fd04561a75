// The rules between what an instance or a sync group follows and what it is: part of
// contradictions() (vrrp_rules.h).
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/track_keys.h"
#include "daemon/config/vrrp_contradiction.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

/// Appends to `found`.
void find_track_contradictions(const vrrp::Config& config, std::vector<VrrpContradiction>& found);

/// Who follows a unit that somebody else starts and stops; "": nobody does. Where its owner is a
/// backup the unit is stopped, and holds: an owner outside of the same sync group may be a backup
/// while the follower is master.
[[nodiscard]] std::string unit_of_another(const Config& config);

/// A node's priority in the file, and its name.
using NodePriority = std::pair<std::int64_t, std::string_view>;

/// Weights that never move the master, whatever fails; "": they may. `priorities`: of the nodes,
/// ascending; the file may name none.
[[nodiscard]] std::string idle_weights_warning(const vrrp::InstanceConfig& instance,
                                               const std::vector<NodePriority>& priorities);

/// The key of the list that the track is of; "name" for a kind that the file cannot name.
template <typename Key>
[[nodiscard]] constexpr Key list_key_of(vrrp::TrackKind kind) {
  Key key("name");
  for_each_track_kind([&]<vrrp::TrackKind each>(std::integral_constant<vrrp::TrackKind, each>) {
    if (each == kind) key = Key(TrackRows<each>::list.data());
  });
  return key;
}

/// Where the track at `place` stands in its list: tracks are in the order of their kinds.
[[nodiscard]] std::size_t place_in_list(const std::vector<vrrp::TrackConfig>& tracks,
                                        std::size_t place);

}  // namespace evenkeel::daemon
