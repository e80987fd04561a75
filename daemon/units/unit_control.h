// The units of all owners: what is to be asked of systemd, and what has become of it.
//
// A unit is compared with what is wanted when its owner's state is told, and only then started or
// stopped: whatever stops it later, the service manager's own rules (Restart=) hold. Between that
// it is looked at, for status.
//
// Pure: states, ends and the time come in, tasks to run and lines for the log go out.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/spawner/run.h"
#include "daemon/units/unit.h"

namespace evenkeel::daemon {

class UnitControl {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Tasks at once.
  static constexpr std::size_t kAtOnce = 4;
  /// To the next look: after a task, while systemd is at it, and else, at least.
  static constexpr auto kSoon = std::chrono::milliseconds(200);
  static constexpr auto kPassing = std::chrono::seconds(1);
  static constexpr auto kSteady = std::chrono::seconds(5);

  struct Request {
    std::string unit;
    UnitTask task = UnitTask::Look;
  };

  /// Each unit and its owner. What a configuration does not name any more is left as it is.
  void configure(const std::map<std::string, HookOwner>& units);
  /// The owner's state has been told: its units are to be active, or inactive.
  void want(const HookOwner& owner, bool is_active);

  /// Tasks that are to run now; each runs until has_ended(). Of a unit one at a time.
  [[nodiscard]] std::vector<Request> next(TimePoint now);
  [[nodiscard]] std::vector<Notice> has_ended(const std::string& unit, UnitTask task,
                                              const RunEnded& ended, TimePoint now);
  /// When next() has more without an event before it; nothing: it has not.
  [[nodiscard]] std::optional<TimePoint> next_due() const;

  /// Every unit was compared with what is wanted last, and systemd was asked for the difference.
  [[nodiscard]] bool is_settled() const;
  /// In the order of their names.
  [[nodiscard]] std::vector<UnitStatus> status(const HookOwner& owner) const;

 private:
  struct Unit {
    HookOwner owner;
    UnitStatus status;                  ///< but for `problem` and `has_failed`
    std::string look_problem;           ///< of the last look; "" = it has succeeded
    std::string act_problem;            ///< of the last start or stop, until the unit is as wanted
    bool is_to_compare = false;         ///< with what is wanted
    std::optional<UnitTask> next_task;  ///< before any look
    bool runs = false;                  ///< a task does
    TimePoint due{};                    ///< of the next look
    bool is_gone = false;               ///< not configured any more, and its task has not ended
  };

  [[nodiscard]] static bool has_failed(const Unit& unit);
  [[nodiscard]] static bool is_waiting(const Unit& unit) {
    return !unit.runs && !unit.is_gone && unit.status.is_wanted.has_value();
  }
  void has_looked(Unit& unit, const RunEnded& ended, TimePoint now, std::vector<Notice>& notices);
  void has_acted(Unit& unit, UnitTask task, const RunEnded& ended, TimePoint now,
                 std::vector<Notice>& notices);
  static void compare(Unit& unit);

  std::map<std::string, Unit> units_;
  std::size_t running_ = 0;
};

}  // namespace evenkeel::daemon
