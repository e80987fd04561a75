// The timers and flags of a virtual router's states (RFC 9568 section 6.4). To enter a state is to
// make its value anew. Leaving alone holds the Master that it was, and gives it back where nobody
// takes over. What outlives a state is in instance.h.
//
// Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <variant>

#include "vrrp/announcement_timer.h"
#include "vrrp/instance_events.h"
#include "vrrp/status.h"
#include "vrrp/storm_guard.h"
#include "vrrp/timers.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp::states {

struct Initialize {
  bool is_started = false;              ///< else it waits for Startup
  std::optional<TimePoint> retry_at{};  ///< entered by our own judgement: try again

  [[nodiscard]] std::optional<TimePoint> deadline() const { return retry_at; }
};

/// A host that has an address answers within this time.
[[nodiscard]] inline Duration answer_limit(Duration interval) {
  return std::min<Duration>(interval, std::chrono::seconds(1));
}

struct Backup {
  TimePoint down_at{};                  ///< Master_Down_Timer
  std::optional<TimePoint> probe_at{};  ///< answer_limit() before that
  bool has_probed = false;              ///< asked who has the addresses; the Master is silent since
  bool is_answered = false;             ///< since it has asked last
  bool has_conflict = false;            ///< another host has answered, and still does
  Reason reason_before_conflict = Reason::Started;  ///< the one before AddressConflict
  TimePoint listen_until{};               ///< as a Master that was late: no takeover before
  std::optional<TimePoint> preempt_at{};  ///< the end of preempt_delay
  Reason takeover_reason = Reason::MasterDownTimerExpired;
  bool has_listened_again = false;  ///< we were late, and gave the Master one more interval
  bool wants_master = false;        ///< a member of a sync group waits for the others

  [[nodiscard]] std::optional<TimePoint> deadline() const {
    return std::min(down_at, probe_at.value_or(down_at));
  }
  void wait_until(TimePoint time, Duration master_interval) {
    down_at = time;
    probe_at = time - answer_limit(master_interval);
  }
};

/// Advertisements that the kernel did not send.
struct RefusedSends {
  std::optional<TimePoint> since{};  ///< none has left since then
  bool is_last_refused = false;      ///< of those that were sent
  bool is_too_long = false;          ///< the last refused one

  /// The peers have heard nothing for so long that a Backup must have taken over.
  [[nodiscard]] bool are_lasting(TimePoint now, Duration interval) const {
    return is_last_refused && since && now - *since >= 3 * interval;
  }
};

struct Master {
  TimePoint advertise_at{};        ///< Adver_Timer; while installing: do not wait longer
  TimePoint advertised{};          ///< or became Master
  bool has_advertised = false;     ///< since it has become Master
  bool is_installing = false;      ///< InstallAddresses is not answered
  bool has_been_answered = false;  ///< one of them was, since it has become Master
  bool has_lost_some = false;      ///< addresses, and has not asked to put them back yet
  StormGuard losses{};
  AnnouncementTimer announcements{};
  std::optional<TimePoint> answered{};    ///< the last lower-priority advertisement
  std::optional<TimePoint> reasserted{};  ///< the last announcement for it
  RefusedSends refused{};

  [[nodiscard]] std::optional<TimePoint> deadline() const {
    return std::min(advertise_at, announcements.next().value_or(advertise_at));
  }
  /// This Master has been silent for so long that a Backup must have taken over.
  [[nodiscard]] bool is_late(TimePoint now, Duration interval) const {
    return now - advertise_at > 2 * interval;
  }
  /// A Master with its addresses that has not advertised yet.
  [[nodiscard]] bool awaits_members() const { return !is_installing && !has_advertised; }
};

/// An instance that resumes leaving, and is not answered, installs its addresses again before their
/// lease ends.
constexpr Duration kLongestAbandoned = kUnansweredLease - std::chrono::seconds(1);

/// A Master that has sent priority 0, and keeps its addresses until the new Master is heard.
struct Leaving {
  Master master{};  ///< what it is again where nobody answers
  TimePoint until{};
  LeaveFor purpose = LeaveFor::Stop;
  /// ResumeLeaving: when the process before us advertised last.
  std::optional<TimePoint> silent_since{};
  bool has_successor = false;     ///< the new Master was heard
  bool has_early_answer = false;  ///< another router was heard, too early for a successor

  [[nodiscard]] std::optional<TimePoint> deadline() const { return until; }
  /// Or as long as it waits already. What the process before left on the interface has a lease.
  void wait_until(TimePoint time) {
    if (silent_since) time = std::min(time, master.advertised + kLongestAbandoned);
    until = std::max(until, time);
  }
  [[nodiscard]] bool is_installing() const { return master.is_installing; }
};

using Any = std::variant<Initialize, Backup, Master, Leaving>;

}  // namespace evenkeel::vrrp::states
