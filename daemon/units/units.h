// The units of a configuration, which systemctl starts, stops and looks at, run by the spawner.
//
// On main's loop. Nothing waits here.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
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
  };

  explicit Units(Ways ways) : ways_(std::move(ways)) {}

  /// A new configuration: its programs go to `ids`.
  void configure(const Config& config, ProgramIds& ids);
  /// The owner's state has been told.
  void want(const HookOwner& owner, bool is_active);
  void tick() { run(); }
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
};

}  // namespace evenkeel::daemon
