// The units of all owners and tracks: what is to be asked of systemd, and what has become of it.
//
// A unit is compared with what is wanted when its owner's state is told, and only then started or
// stopped: whatever stops it later, the service manager's own rules (Restart=) hold. Between that
// it is looked at, for status and for tracks.
//
// Pure: states, ends, changes of control groups and the time come in; tasks to run, results of
// tracks and lines for the log go out.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/spawner/run.h"
#include "daemon/units/unit.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

class UnitControl {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// Tasks at once.
  static constexpr std::size_t kAtOnce = 4;
  /// To the next look: after a task, while systemd is at it, and else, at least.
  static constexpr auto kSoon = std::chrono::milliseconds(200);
  static constexpr auto kPassing = std::chrono::seconds(1);
  static constexpr auto kSteady = std::chrono::seconds(5);
  /// A start has so long to take effect; a unit that is activating has longer.
  static constexpr auto kStart = std::chrono::seconds(5);

  struct Request {
    std::string unit;
    UnitTask task = UnitTask::Look;
  };

  /// Each unit by its name. What a configuration does not name any more is left as it is.
  void configure(const std::map<std::string, UnitUse>& units);
  /// The owner's state has been told: its units are to be active, or inactive.
  void want(const HookOwner& owner, bool is_active);

  /// The control group of a unit that is followed has come or gone, or got its first process or
  /// lost its last: it is looked at soon.
  void has_changed(const std::string& unit, TimePoint now);

  /// Tasks that are to run now; each runs until has_ended(). Of a unit one at a time.
  [[nodiscard]] std::vector<Request> next(TimePoint now);
  [[nodiscard]] std::vector<Notice> has_ended(const std::string& unit, UnitTask task,
                                              const RunEnded& ended, TimePoint now);
  /// When next() has more without an event before it; nothing: it has not.
  [[nodiscard]] std::optional<TimePoint> next_due() const;

  /// Of the units that are followed, those that are new since the last call.
  [[nodiscard]] std::vector<vrrp::NamedTrackResult> take_results() {
    return std::exchange(results_, {});
  }
  /// Where the control group of a unit that is followed is, or will be: below the mount of control
  /// groups. "": nobody knows.
  [[nodiscard]] std::string control_group(const std::string& unit) const;

  /// Every unit was compared with what is wanted last, and systemd was asked for the difference.
  [[nodiscard]] bool is_settled() const;
  /// In the order of their names.
  [[nodiscard]] std::vector<UnitStatus> status(const HookOwner& owner) const;

 private:
  /// The part of a unit that tracks follow.
  struct Followed {
    bool is_followed = false;
    bool had_event = false;       ///< its control group has changed since the last look began
    bool is_confirmed = true;     ///< by a look some time after such a change
    bool is_place_wanted = true;  ///< the control group is to be asked for
    std::optional<TimePoint> placed;
    std::string group;
    std::optional<TimePoint> looked;  ///< the last look has ended
    bool is_lost = false;             ///< with the spawner
    vrrp::TrackResult told{};
  };
  struct Unit {
    std::optional<HookOwner> owner;
    UnitStatus status;                  ///< but for `problem` and `has_failed`
    std::string look_problem;           ///< of the last look; "" = it has succeeded
    std::string act_problem;            ///< of the last start or stop, until the unit is as wanted
    bool is_to_compare = false;         ///< with what is wanted
    std::optional<UnitTask> next_task;  ///< before any look
    bool runs = false;                  ///< a task does
    TimePoint due{};                    ///< of the next look
    bool is_gone = false;               ///< not configured any more, and its task has not ended
    bool is_old_task = false;           ///< what runs was asked for before a reload
    bool is_starting = false;           ///< a start is wanted, and its outcome is not known
    /// It failed, or a start had no effect, while it was wanted. Until it is active, or has been
    /// reset (systemctl reset-failed), or a reload: its owner would come back, and fail again.
    bool has_failed_here = false;
    std::optional<TimePoint> started;  ///< systemd was told to, or it was at it already
    Followed followed;
  };

  [[nodiscard]] static bool has_failed(const Unit& unit);
  [[nodiscard]] static bool is_waiting(const Unit& unit) {
    return !unit.runs && !unit.is_gone &&
           (unit.status.is_wanted.has_value() || unit.followed.is_followed);
  }
  [[nodiscard]] static std::string words_about(const Unit& unit);
  [[nodiscard]] Duration pause() const;
  [[nodiscard]] Duration until_next_look(Unit& unit, std::optional<UnitState> state) const;
  void has_looked_at_followed(Unit& unit, TimePoint now);
  static void note_failure(Unit& unit, TimePoint now);
  static void has_placed(Unit& unit, const RunEnded& ended, TimePoint now);
  void judge(Unit& unit);
  void has_looked(Unit& unit, const RunEnded& ended, TimePoint now, std::vector<Notice>& notices);
  void has_acted(Unit& unit, UnitTask task, const RunEnded& ended, TimePoint now,
                 std::vector<Notice>& notices);
  static void compare(Unit& unit);

  std::map<std::string, Unit> units_;
  std::size_t running_ = 0;
  std::vector<vrrp::NamedTrackResult> results_;
};

}  // namespace evenkeel::daemon
