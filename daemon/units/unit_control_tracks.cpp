// The part of UnitControl that is about tracks.
#include <algorithm>
#include <utility>

#include "daemon/units/unit_control.h"
#include "daemon/units/unit_judge.h"

namespace evenkeel::daemon {

/// After a look, whatever happens. A unit that restarts a hundred times a second costs a few looks,
/// and all units together at most twenty a second.
UnitControl::Duration UnitControl::pause() const {
  return std::max<Duration>(kSoon, std::chrono::milliseconds(50) * static_cast<int>(units_.size()));
}

void UnitControl::has_changed(const std::string& name, TimePoint now) {
  const auto found = units_.find(name);
  if (found == units_.end() || !found->second.followed.is_followed) return;
  Unit& unit = found->second;
  unit.followed.had_event = true;
  // systemd may hear of it after us: it is asked once more.
  unit.followed.is_confirmed = false;
  const TimePoint earliest = unit.followed.looked ? *unit.followed.looked + pause() : now;
  unit.due = std::min(unit.due, std::max(now, earliest));
}

/// After a look that has succeeded, and when nothing is left to be asked of systemd.
void UnitControl::note_failure(Unit& unit, TimePoint now) {
  const UnitState state = *unit.status.state;
  const bool is_up = is_active(state);
  if (unit.is_starting) {
    if (!unit.started) unit.started = now;
    const bool has_had_time = now - *unit.started >= kStart || !unit.act_problem.empty();
    if (!is_up && (!has_had_time || is_passing(state))) return;
    unit.is_starting = false;
    unit.has_failed_here = !is_up;
  } else if (is_up) {
    unit.has_failed_here = false;
  } else if (unit.status.is_wanted.value_or(false) && state == UnitState::Failed) {
    unit.has_failed_here = true;
  }
}

void UnitControl::has_looked_at_followed(Unit& unit, TimePoint now) {
  Followed& followed = unit.followed;
  followed.looked = now;
  const bool is_decided = !unit.is_to_compare && !unit.next_task;
  if (is_decided && unit.look_problem.empty()) note_failure(unit, now);
  judge(unit);
  const bool may_be_placed = !followed.placed || now - *followed.placed >= kSteady;
  if (followed.is_lost || !is_decided || !followed.is_place_wanted || !may_be_placed) return;
  unit.next_task = UnitTask::Place;
  unit.due = now;
}

/// Where nobody says a place, the usual one is taken.
void UnitControl::has_placed(Unit& unit, const RunEnded& ended, TimePoint now) {
  Followed& followed = unit.followed;
  if (!followed.is_followed) return;  // any more
  const bool has_succeeded = ended.how == RunEnd::Exit && ended.number == 0;
  if (!unit.is_to_compare) unit.due = now + kSoon;  // what happened before it is watched
  followed.placed = now;
  followed.is_place_wanted = !has_succeeded;
  if (!has_succeeded && !followed.group.empty()) return;
  followed.group = control_group_of(unit.status.unit, has_succeeded ? ended.last_line : "");
}

void UnitControl::judge(Unit& unit) {
  Followed& followed = unit.followed;
  if (!followed.is_followed) return;
  const vrrp::TrackResult result =
      daemon::judge(UnitView{.state = unit.status.state,
                             .problem = unit.look_problem,
                             .is_lost = followed.is_lost,
                             .has_owner = unit.owner.has_value(),
                             .is_wanted = unit.status.is_wanted.value_or(false),
                             .is_starting = unit.is_starting,
                             .has_failed_here = unit.has_failed_here},
                    followed.told);
  if (result == followed.told) return;
  followed.told = result;
  results_.push_back({vrrp::TrackKind::Unit, unit.status.unit, result});
}

std::string UnitControl::control_group(const std::string& name) const {
  const auto found = units_.find(name);
  return found == units_.end() ? "" : found->second.followed.group;
}

}  // namespace evenkeel::daemon
