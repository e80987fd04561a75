// The tracks of an instance change its priority, or keep it from serving.
#include <algorithm>
#include <utility>

#include "vrrp/instance.h"

namespace evenkeel::vrrp {

void Instance::on(const TracksJudged& event, TimePoint now) {
  if (following_.judge(event.results, now)) follow_tracks(now);
}

void Instance::on(const GroupJudged& event, TimePoint now) {
  following_.tell(event.verdict);
  follow_tracks(now);
  if (following_.has_fault() && in<states::Master>()) {
    start_leaving({.purpose = LeaveFor::Fault}, fault_reason(), now);
  }
}

void Instance::follow_tracks(TimePoint now) {
  update_priority(now);
  reconsider(now);
  if (reason() == Reason::TrackFailed && !following_.has_fault()) recover_from_fault(now);
}

void Instance::recover_from_fault(TimePoint now) {
  if (!has(&states::Initialize::is_started)) return;
  if (!is_grouped_) return begin(now);
  enter_initialize(Reason::GroupMemberDown, now);  // until GroupRecovers
}

/// After every event, whatever it has led to. A Master that is a member of a sync group leaves with
/// the others (GroupJudged).
void Instance::obey_fault(TimePoint now) {
  if (!following_.has_fault()) return;
  const bool waits_for_tracks =
      has(&states::Initialize::is_started) &&
      (reason() == Reason::TrackFailed || reason() == Reason::GroupMemberDown);
  if (in<states::Backup>() || (waits_for_tracks && reason() != fault_reason())) {
    enter_initialize(fault_reason(), now);
  } else if (in<states::Master>() && !is_grouped_) {
    start_leaving({.purpose = LeaveFor::Fault}, fault_reason(), now);
  } else if (auto* leaving = in<states::Leaving>(); leaving && leaving->purpose != LeaveFor::Stop) {
    // It left for another purpose, and would have been Master again where nobody answers.
    leaving->wait_until(leaving->master.advertised + fault_limit());
  }
}

/// How long a Master that leaves for a fault waits for its successor: nobody is Master again after
/// it, so one that has missed the priority 0 is waited for. The other side's group takes over when
/// its slowest member wants to.
Duration Instance::fault_limit() const {
  const Duration own = longest_leave(config_.version, own_interval());
  return following_.told() ? std::max(own, following_.told()->longest_leave) : own;
}

Reason Instance::fault_reason() const {
  return following_.has_own_fault() ? Reason::TrackFailed : Reason::GroupMemberDown;
}

void Instance::update_priority(TimePoint now) {
  const std::uint8_t priority = effective_priority(config_.priority, following_.sum());
  if (std::exchange(status_.priority, priority) == priority) return;
  act(Report{});
  if (auto* master = in<states::Master>()) tell_priority(*master, now);
}

/// At once: a Backup that is better now takes over before this Master stops. However often the
/// priority changes, it is told no more often than lower-priority advertisements are answered.
void Instance::tell_priority(states::Master& master, TimePoint now) {
  if (!master.has_advertised || master.is_late(now, own_interval())) return;  // the timer is due
  const TimePoint earliest = master.advertised + kAnswerInterval;
  if (earliest <= now) return advertise(master, status_.priority, now);
  master.advertise_at = std::min(master.advertise_at, earliest);
}

/// A Backup that was about to preempt, and does not any more, waits for the Master again.
void Instance::reconsider(TimePoint now) {
  auto* backup = in<states::Backup>();
  if (!backup || backup->takeover_reason != Reason::Preempting) return;
  const bool is_delayed = config_.preempt_delay > Duration::zero() &&
                          (!backup->preempt_at || now < *backup->preempt_at);
  if (is_beaten(master_.priority) && preempts() && !is_delayed) return;
  backup->takeover_reason = Reason::MasterDownTimerExpired;
  backup->wants_master = false;
  const TimePoint heard = master_.heard.value_or(now);
  backup->wait_until(std::max(heard + down_interval(), backup->listen_until), master_.interval);
}

}  // namespace evenkeel::vrrp
