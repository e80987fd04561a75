// RFC 9568 section 6.4, the part that is about its life: how it begins, its timers, how it leaves,
// and the steps of its sync group.
#include <algorithm>
#include <utility>

#include "vrrp/instance.h"

namespace evenkeel::vrrp {

// The beginning and the end.

void Instance::on(const Startup&, TimePoint now) {
  begin(now);
}

void Instance::on(const Resume&, TimePoint now) {
  if (!takes_up(now)) return;
  states::Master& master = enter_master(Reason::Resumed, now);
  // The addresses are there: nobody has to wait for the writer.
  advertise(master, status_.priority, now);
}

void Instance::on(const ResumeLeaving& event, TimePoint now) {
  if (!takes_up(now)) return;
  begin_as_master(Reason::TooLateToResume, now);
  if (event.has_addresses) act(AbandonAddresses{});
  start_leaving({event.purpose, event.at_least}, Reason::TooLateToResume, now);
  auto& leaving = std::get<states::Leaving>(state_);
  leaving.silent_since = event.last_advertisement;
  leaving.until = std::min(leaving.until, now + states::kLongestAbandoned);
}

bool Instance::takes_up(TimePoint now) {
  if (interface_problem_) {
    act(RemoveAddresses{});
    begin(now);
    return false;
  }
  has_been_refused_ = true;  // what the one before us could bear
  return true;
}

void Instance::begin(TimePoint now) {
  if (interface_problem_) return enter_initialize(*interface_problem_, now);
  if (following_.has_fault()) return enter_initialize(fault_reason(), now);
  // An owner that follows something takes its time too, until that is known.
  if (status_.priority == kOwnerPriority && !is_grouped_ && !following_.has_unknown()) {
    enter_master(Reason::AddressOwner, now);
    return;
  }
  // A whole down interval of listening, however short ago the link has settled.
  states::Backup& backup = enter_backup(Reason::Started, own_interval(), now);
  // What a unicast Master sends arrives when its kernel has found us: that asks once a second.
  if (config_.unicast) {
    const Duration longest = std::max<Duration>(down_interval(), kFoundByNeighbours);
    backup.wait_until(now + longest, master_.interval);
  }
}

void Instance::on(const Leave& event, TimePoint now) {
  if (auto* leaving = in<states::Leaving>()) {
    if (event.purpose == LeaveFor::Stop || leaving->purpose == LeaveFor::TooLate) {
      leaving->purpose = event.purpose;
    }
  } else if (in<states::Master>()) {
    start_leaving(event, Reason::Leaving, now);
  } else if (event.purpose != LeaveFor::Failover) {
    enter_initialize(Reason::Stopped, now);
  }
}

void Instance::start_leaving(const Leave& leave, Reason reason, TimePoint now) {
  auto& master = std::get<states::Master>(state_);
  advertise(master, 0, now);
  master.announcements.stop();
  const Duration longest = leave.purpose == LeaveFor::Fault
                               ? fault_limit()
                               : leave_limit(config_.version, own_interval());
  const Duration limit = std::max(leave.at_least, longest);
  state_ = states::Leaving{.master = master, .until = now + limit, .purpose = leave.purpose};
  status_.reason = reason;
  act(Report{});
}

void Instance::on(const SuccessorsHeard&, TimePoint now) {
  if (const auto* leaving = in<states::Leaving>()) complete_leave(*leaving, now);
}

void Instance::complete_leave(const states::Leaving& leaving, TimePoint now) {
  act(RemoveAddresses{});
  if (leaving.purpose == LeaveFor::Stop) return enter_initialize(Reason::Stopped, now);
  if (leaving.purpose == LeaveFor::Failover) status_.is_held = true;
  enter_backup(Reason::HandedOver, master_.interval, now);
}

void Instance::stay(const states::Leaving& leaving, TimePoint now) {
  state_ = states::Master(leaving.master);
  auto& master = std::get<states::Master>(state_);
  status_.reason = Reason::NobodyAnswered;
  advertise(master, status_.priority, now);
  install(master);
  act(Report{});
}

// Timers.

void Instance::on(const TimerExpired&, TimePoint now) {
  std::visit([&](auto& state) { expire(state, now); }, state_);
}

void Instance::expire(states::Initialize& initialize, TimePoint now) {
  if (initialize.retry_at && *initialize.retry_at <= now) begin(now);
}

void Instance::expire(states::Backup& backup, TimePoint now) {
  if (backup.down_at <= now) return master_down(backup, now);
  if (backup.probe_at && *backup.probe_at <= now) probe(backup);
}

void Instance::expire(states::Master& master, TimePoint now) {
  if (master.advertise_at <= now) {
    note_lateness(master.advertise_at, now);
    if (master.awaits_members()) {
      speak(master, now);
    } else {
      const bool was_late = master.is_late(now, own_interval());
      advertise(master, status_.priority, now);
      // Nobody has taken over; but the lease may have run out, and the neighbours may have asked.
      if (was_late || (master.has_lost_some && !master.is_installing)) install(master);
    }
  }
  announce_if_due(master, now);
}

void Instance::expire(states::Leaving& leaving, TimePoint now) {
  if (leaving.until > now) return;
  // Other members of its group have not heard theirs.
  if (leaving.has_successor) return complete_leave(leaving, now);
  if (std::exchange(leaving.has_early_answer, false)) {
    // It was a final advertisement: the others took its sender for the Master, and wait for it.
    return leaving.wait_until(now + 3 * own_interval());
  }
  if (leaving.purpose != LeaveFor::Stop && following_.has_fault()) {
    act(RemoveAddresses{});
    return enter_initialize(fault_reason(), now);
  }
  if (leaving.purpose != LeaveFor::Stop) return stay(leaving, now);
  act(AbandonAddresses{});
  enter_initialize(Reason::LeftUnanswered, now);
}

void Instance::master_down(states::Backup& backup, TimePoint now) {
  const TimePoint due = backup.down_at;
  note_lateness(due, now);
  // The sockets are drained, but they may have overflowed while we were away: a Master that lives
  // is heard within an interval.
  if (now - due >= master_.interval && !backup.has_listened_again) {
    backup.has_listened_again = true;
    if (backup.probe_at) probe(backup);
    backup.down_at =
        now + master_.interval + skew_time(config_.version, status_.priority, master_.interval);
    return;
  }
  backup.has_listened_again = false;
  if (backup.is_answered && config_.address_conflict == AddressConflict::Refuse) {
    return respect_conflict(backup, now);
  }
  if (!backup.is_answered) backup.has_conflict = false;
  if (is_grouped_) {
    backup.wants_master = true;
    backup.down_at = now + down_interval();
    backup.probe_at.reset();
    return;
  }
  enter_master(backup.takeover_reason, now);
}

/// Asks again until nobody answers any more: the kernel of a Master that was killed does so as long
/// as its lease lasts.
void Instance::respect_conflict(states::Backup& backup, TimePoint now) {
  if (status_.reason != Reason::AddressConflict) {
    backup.reason_before_conflict = std::exchange(status_.reason, Reason::AddressConflict);
    act(Report{});
  }
  backup.wants_master = false;
  probe(backup);
  backup.down_at = now + states::answer_limit(master_.interval);
}

// The sync group.

void Instance::on(const GroupTakesOver&, TimePoint now) {
  const auto* backup = in<states::Backup>();
  if (backup && backup->wants_master) enter_master(backup->takeover_reason, now);
}

void Instance::on(const GroupStepsDown&, TimePoint now) {
  auto* master = in<states::Master>();
  if (!master) return;
  if (master->has_advertised && !master->is_late(now, own_interval())) {
    advertise(*master, status_.priority, now);  // the final advertisement
  }
  act(RemoveAddresses{});
  enter_backup(Reason::GroupMemberLeft, own_interval(), now);
}

void Instance::on(const GroupFails&, TimePoint now) {
  if (in<states::Initialize>()) return;
  if (const auto* leaving = in<states::Leaving>(); leaving && leaving->purpose == LeaveFor::Stop) {
    return complete_leave(*leaving, now);
  }
  if (auto* master = in<states::Master>(); master && master->has_advertised) {
    advertise(*master, 0, now);
  }
  if (!in<states::Backup>()) act(RemoveAddresses{});
  enter_initialize(Reason::GroupMemberDown, now);
}

void Instance::on(const GroupRecovers&, TimePoint now) {
  if (has(&states::Initialize::is_started)) begin(now);
}

}  // namespace evenkeel::vrrp
