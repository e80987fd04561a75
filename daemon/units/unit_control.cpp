#include "daemon/units/unit_control.h"

#include <algorithm>
#include <utility>

namespace evenkeel::daemon {
namespace {

bool has_run_well(const RunEnded& ended) {
  return ended.how == RunEnd::Exit && ended.number == 0;
}

/// "start: exit status 5: Unit haproxy.service not found."
std::string problem_of(UnitTask task, const RunEnded& ended) {
  std::string text = std::string(to_string(task)) + ": " + to_string(ended);
  if (!ended.last_line.empty()) text += ": " + ended.last_line;
  return text;
}

}  // namespace

/// "instance web: unit haproxy.service"
std::string UnitControl::words_about(const Unit& unit) {
  return to_string(*unit.owner) + ": unit " + unit.status.unit;
}

void UnitControl::configure(const std::map<std::string, UnitUse>& units) {
  for (auto& [name, unit] : units_) {
    const auto found = units.find(name);
    if (found != units.end() && !unit.is_gone && found->second.owner == unit.owner) {
      unit.has_failed_here = false;  // it may be tried again
      judge(unit);
      continue;
    }
    Unit gone;
    gone.runs = gone.is_old_task = unit.runs;
    gone.is_gone = true;
    unit = std::move(gone);
  }
  for (const auto& [name, use] : units) {
    Unit& unit = units_[name];
    unit.owner = use.owner;
    unit.status.unit = name;
    unit.is_gone = false;
    if (unit.followed.is_followed == use.is_followed) continue;
    unit.followed = {};
    unit.followed.is_followed = use.is_followed;
    if (unit.next_task == UnitTask::Place) unit.next_task.reset();
    unit.due = {};
  }
  std::erase_if(units_, [](const auto& each) { return each.second.is_gone && !each.second.runs; });
}

void UnitControl::want(const HookOwner& owner, bool is_active) {
  for (auto& [name, unit] : units_) {
    if (unit.is_gone || unit.owner != owner) continue;
    unit.status.is_wanted = is_active;
    unit.act_problem.clear();
    unit.is_to_compare = true;
    unit.next_task.reset();
    unit.due = {};
    unit.is_starting = is_active;
    unit.started.reset();
    judge(unit);
  }
}

std::vector<UnitControl::Request> UnitControl::next(TimePoint now) {
  std::vector<Request> requests;
  for (auto& [name, unit] : units_) {
    if (running_ >= kAtOnce) break;
    if (!is_waiting(unit) || unit.due > now) continue;
    unit.runs = true;
    ++running_;
    const UnitTask task = std::exchange(unit.next_task, std::nullopt).value_or(UnitTask::Look);
    if (task == UnitTask::Look) unit.followed.had_event = false;
    requests.push_back({.unit = name, .task = task});
  }
  return requests;
}

std::optional<UnitControl::TimePoint> UnitControl::next_due() const {
  std::optional<TimePoint> due;
  if (running_ >= kAtOnce) return due;
  for (const auto& [name, unit] : units_) {
    if (is_waiting(unit)) due = std::min(due.value_or(unit.due), unit.due);
  }
  return due;
}

std::vector<Notice> UnitControl::has_ended(const std::string& name, UnitTask task,
                                           const RunEnded& ended, TimePoint now) {
  --running_;
  const auto found = units_.find(name);
  Unit& unit = found->second;
  unit.runs = false;
  if (unit.is_gone) {
    units_.erase(found);
    return {};
  }
  if (std::exchange(unit.is_old_task, false)) {
    unit.due = now;
    return {};
  }
  std::vector<Notice> notices;
  if (task == UnitTask::Look) {
    has_looked(unit, ended, now, notices);
  } else if (task == UnitTask::Place) {
    has_placed(unit, ended, now);
  } else {
    has_acted(unit, task, ended, now, notices);
  }
  return notices;
}

void UnitControl::has_looked(Unit& unit, const RunEnded& ended, TimePoint now,
                             std::vector<Notice>& notices) {
  const auto state =
      has_run_well(ended) ? fields::from_name<UnitState>(ended.last_line) : std::nullopt;
  const std::string problem = state ? "" : problem_of(UnitTask::Look, ended);
  const bool is_lost = ended.how == RunEnd::Lost;
  if (unit.owner && !state && problem != unit.look_problem) {
    notices.push_back({Severity::Warning, words_about(unit) + ": " + problem});
  }
  unit.look_problem = problem;
  unit.due = now + (is_lost ? kPassing : until_next_look(unit, state));
  if (state && state != unit.status.state) {
    const bool is_reset = unit.status.state == UnitState::Failed && *state == UnitState::Inactive;
    if (is_reset) unit.has_failed_here = false;
    const bool was_known = std::exchange(unit.status.state, state).has_value();
    unit.status.since = now;
    const bool is_wrong = !unit.is_to_compare && has_failed(unit) && !is_passing(*state);
    if (unit.owner && (is_wrong || was_known)) {
      notices.push_back({is_wrong ? Severity::Warning : Severity::Info,
                         words_about(unit) + " is " + std::string(to_string(*state))});
    }
    unit.followed.is_place_wanted = unit.followed.is_place_wanted || is_active(*state);
  }
  if (!has_failed(unit)) unit.act_problem.clear();
  if (unit.is_to_compare && !is_lost) compare(unit);
  unit.followed.is_lost = is_lost;
  if (unit.followed.is_followed) has_looked_at_followed(unit, now);
}

/// The rate of looks has a bound of its own, however many units there are.
UnitControl::Duration UnitControl::until_next_look(Unit& unit,
                                                   std::optional<UnitState> state) const {
  if (unit.followed.had_event) return pause();
  const bool is_confirmed = std::exchange(unit.followed.is_confirmed, true);
  if (state && (is_passing(*state) || !is_confirmed)) return std::max<Duration>(kPassing, pause());
  return std::max<Duration>(kSteady,
                            std::chrono::milliseconds(100) * static_cast<int>(units_.size()));
}

/// A unit that nobody could look at is started or stopped all the same.
void UnitControl::compare(Unit& unit) {
  unit.is_to_compare = false;
  const auto& state = unit.status.state;
  const bool is_wanted = *unit.status.is_wanted;
  const bool is_up = state && (is_active(*state) || *state == UnitState::Activating);
  const bool is_down = state && !is_up;
  if (is_wanted ? is_up : is_down) return;
  unit.next_task = is_wanted ? UnitTask::Start : UnitTask::Stop;
  unit.due = {};
}

void UnitControl::has_acted(Unit& unit, UnitTask task, const RunEnded& ended, TimePoint now,
                            std::vector<Notice>& notices) {
  if (unit.is_to_compare) return;  // its owner's state has changed meanwhile
  const std::string who = words_about(unit);
  unit.due = now + kSoon;
  if (task == UnitTask::Start) unit.started = now;
  if (has_run_well(ended)) {
    notices.push_back(
        {Severity::Info, who + ": systemd was told to " + std::string(to_string(task)) + " it"});
    return;
  }
  unit.act_problem = problem_of(task, ended);
  notices.push_back({Severity::Warning, who + ": " + unit.act_problem});
  if (ended.how != RunEnd::Lost) return;
  unit.is_to_compare = true;
  unit.due = now + kPassing;
}

bool UnitControl::is_settled() const {
  return std::all_of(units_.begin(), units_.end(), [](const auto& each) {
    const Unit& unit = each.second;
    return !unit.owner || (!unit.is_to_compare && !unit.next_task && !unit.runs);
  });
}

bool UnitControl::has_failed(const Unit& unit) {
  const UnitStatus& status = unit.status;
  if (!status.is_wanted) return false;
  if (!unit.look_problem.empty()) return true;
  if (!status.state) return false;
  if (*status.is_wanted) return !is_active(*status.state);
  return is_active(*status.state) || *status.state == UnitState::Activating;
}

std::vector<UnitStatus> UnitControl::status(const HookOwner& owner) const {
  std::vector<UnitStatus> units;
  for (const auto& [name, unit] : units_) {
    if (unit.is_gone || unit.owner != owner) continue;
    UnitStatus& status = units.emplace_back(unit.status);
    status.has_failed = has_failed(unit);
    status.problem = unit.look_problem.empty() ? unit.act_problem : unit.look_problem;
  }
  return units;
}

}  // namespace evenkeel::daemon
