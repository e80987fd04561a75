// The meaning of a unit's state for the tracks that follow it, and the place of its control group.
//
// Pure.
#pragma once

#include <optional>
#include <string>

#include "daemon/units/unit.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

/// The facts about a unit that is followed.
struct UnitView {
  std::optional<UnitState> state;  ///< nothing: no look has succeeded
  std::string problem;             ///< of the last look; "" = it has succeeded
  bool is_lost = false;            ///< the last look, with the spawner
  bool has_owner = false;          ///< that starts and stops it
  bool is_wanted = false;          ///< by the owner: to be active
  bool is_starting = false;        ///< wanted, and the outcome is not known
  bool has_failed_here = false;    ///< while it was wanted, and was not active since
};

/// A unit holds while it is active. A unit that has an owner also holds where the owner does not
/// want it, unless it failed while it was wanted, and while it is being started: else no backup
/// would hold.
[[nodiscard]] vrrp::TrackResult judge(const UnitView& unit, const vrrp::TrackResult& before);

/// Below the mount of control groups. `said`: systemctl's last line about the properties Slice and
/// ControlGroup: a control group, or a slice where there is none, or nothing.
[[nodiscard]] std::string control_group_of(const std::string& unit, const std::string& said);

}  // namespace evenkeel::daemon
