// The rules between what an instance or a sync group follows and what it is: part of
// contradictions() (vrrp_rules.h).
//
// Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/config/vrrp_contradiction.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

/// Appends to `found`.
void find_track_contradictions(const vrrp::Config& config, std::vector<VrrpContradiction>& found);

/// A node's priority in the file, and its name.
using NodePriority = std::pair<std::int64_t, std::string_view>;

/// Weights that never move the master, whatever fails; "": they may. `priorities`: of the nodes,
/// ascending; the file may name none.
[[nodiscard]] std::string idle_weights_warning(const vrrp::InstanceConfig& instance,
                                               const std::vector<NodePriority>& priorities);

/// The key of the list that the track is of; "name" for a kind that the file cannot name.
template <typename Key>
[[nodiscard]] constexpr Key list_key_of(vrrp::TrackKind kind) {
  using enum vrrp::TrackKind;
  switch (kind) {
    case Check:
      return "track_checks";
    case Service:
      return "track_services";
    case Interface:
      return "track_interfaces";
    case File:
      return "track_files";
    case Process:
      return "track_processes";
    case Gateway:
    case Script:
    case Unit:
      break;
  }
  return "name";
}

/// Where the track at `place` stands in its list: tracks are in the order of their kinds.
[[nodiscard]] std::size_t place_in_list(const std::vector<vrrp::TrackConfig>& tracks,
                                        std::size_t place);

}  // namespace evenkeel::daemon
