// The units of a configuration, which systemctl starts, stops and looks at, run by the spawner; and
// the results of those that tracks follow.
//
// On main's loop. Nothing waits here.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/units/unit_control.h"
#include "daemon/units/unit_programs.h"

namespace evenkeel::daemon {

class Units {
 public:
  struct Ways {
    /// Of the run's end has_ended() is told, once and later.
    std::function<RunId(ProgramId)> run;
    std::function<void(const std::vector<Notice>&)> log;
    /// tick() is to be called then, and not at an earlier such time any more; nothing: not at all.
    std::function<void(std::optional<std::chrono::steady_clock::time_point>)> wake;
    /// Of the units that tracks follow. Not called by configure().
    std::function<void(const std::vector<vrrp::NamedTrackResult>&)> on_results;
    /// The control groups that has_changed() is to be told of, by the names of the units. It is
    /// called again and again: a group comes and goes.
    std::function<void(const std::string& unit, const std::string& group)> watch;
    /// And of this unit no more.
    std::function<void(const std::string& unit)> ignore;
  };

  explicit Units(Ways ways) : ways_(std::move(ways)) {}

  /// A new configuration: its programs go to `ids`.
  void configure(const Config& config, ProgramIds& ids);
  /// The owner's state has been told.
  void want(const HookOwner& owner, bool is_active);
  void tick() { run(); }
  /// The control group of the unit.
  void has_changed(const std::string& unit);
  /// Of a run that was asked for here; others are ignored.
  void has_ended(const RunEnded& ended);

  [[nodiscard]] bool is_settled() const { return control_.is_settled(); }
  [[nodiscard]] std::vector<UnitStatus> status(const HookOwner& owner) const {
    return control_.status(owner);
  }

 private:
  void run();

  Ways ways_;
  UnitControl control_;
  std::map<std::string, fields::EnumArray<UnitTask, ProgramId>> programs_;
  std::map<RunId, UnitControl::Request> running_;
  std::set<std::string> watched_;
};

}  // namespace evenkeel::daemon
