// Advertisements (RFC 9568 section 6.4): what each means to a Backup, to a Master, and to a Master
// that leaves.
#include <algorithm>
#include <utility>

#include "vrrp/instance.h"
#include "vrrp/preemption.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

/// A Master announces for lower-priority advertisements no more often than this.
constexpr Duration kReassertInterval = 1s;
/// The range of intervals that is learned, as parts and multiples of our own.
constexpr int kLearnedRange[] = {100, 10};

}  // namespace

bool Instance::heeds(const Heard& event) const {
  if (takes_part(event.list, config_.foreign_address_list)) return true;
  // Extra addresses are not advertised. A peer whose whole list is another one now, of a rolling
  // change, most likely has them still: as a Master beside it we would be their second owner.
  return !config_.extra_addresses.empty() &&
         (config_.unicast || peers_.last_heard(event.source).has_value());
}

void Instance::on(const Heard& event, TimePoint now) {
  note_list(event);
  if (!heeds(event)) return;
  ++status_.counters.advertisements_received;
  if (event.priority == 0) ++status_.counters.priority_zero_received;
  peers_.heard({event.source, event.priority, event.interval, event.at});
  std::visit([&](auto& state) { hear(state, event, now); }, state_);
}

void Instance::note_list(const Heard& event) {
  if (in<states::Initialize>()) return;
  const bool is_news = event.list == ListMatch::Same
                           ? other_lists_.heard_ours(event.source)
                           : other_lists_.heard(event.source, event.addresses, config_.family,
                                                !heeds(event), event.at);
  if (is_news) act(Report{});
}

/// Answers about the addresses no longer count: the Master gave them, or the addresses have
/// changed.
void Instance::forget_conflicts(states::Backup& backup) {
  backup.has_probed = false;
  backup.is_answered = false;
  const bool had_conflict = std::exchange(backup.has_conflict, false);
  const bool was_the_reason = status_.reason == Reason::AddressConflict;
  if (was_the_reason) status_.reason = backup.reason_before_conflict;
  if (had_conflict || was_the_reason) act(Report{});
}

void Instance::hear(states::Initialize&, const Heard&, TimePoint) {}

void Instance::hear(states::Backup& backup, const Heard& event, TimePoint) {
  if (event.priority == 0) return hear_release(backup, event);
  const bool was_beaten =
      master_.address != event.source || !master_.heard || is_beaten(master_.priority);
  const bool is_master = note_master(event);
  forget_conflicts(backup);
  if (!is_beaten(event.priority) || !preempts()) {
    backup.preempt_at.reset();
    return accept_master(backup, event, is_master);
  }
  if (config_.preempt_delay > Duration::zero()) {
    if (!backup.preempt_at) backup.preempt_at = event.at + config_.preempt_delay;
    if (event.at < *backup.preempt_at) return accept_master(backup, event, is_master);
  }
  backup.takeover_reason = Reason::Preempting;  // discarded: the timer goes on
  backup.probe_at.reset();
  if (was_beaten) return;
  // The Master has fallen below us, and goes on until it hears us: nothing is to be waited for but
  // Backups that are better than this one.
  const Duration skew = skew_time(config_.version, status_.priority, master_.interval);
  backup.down_at = std::max(std::min(backup.down_at, event.at + skew), backup.listen_until);
}

void Instance::hear_release(states::Backup& backup, const Heard& event) {
  // Only the Master can release the addresses, and a stream of such packets must not delay the
  // takeover.
  if (master_.address != event.source) {
    ++status_.counters.priority_zero_ignored;
    return;
  }
  const Duration skew = skew_time(config_.version, status_.priority, master_.interval);
  backup.down_at = std::min(backup.down_at, event.at + skew);
  master_.heard.reset();  // whoever comes next is the Master
  backup.listen_until = {};
  backup.takeover_reason = Reason::MasterReleased;
  backup.probe_at.reset();  // it answers for its addresses until it hears us
  backup.has_probed = false;
  backup.is_answered = false;
}

bool Instance::note_master(const Heard& event) {
  const bool is_same = master_.address == event.source;
  // Of two Masters that do not hear each other the better one counts, as long as it lives. And a
  // final advertisement makes nobody Master.
  if (master_.address && !is_same && master_.heard &&
      event.at - *master_.heard < 3 * master_.interval) {
    if (event.priority < master_.priority) return false;
    if (event.priority == master_.priority && event.source < *master_.address) return false;
  }
  if (!is_same) act(Report{});
  master_.address = event.source;
  master_.priority = event.priority;
  master_.heard = event.at;
  return true;
}

void Instance::accept_master(states::Backup& backup, const Heard& event, bool is_master) {
  if (is_master) master_.interval = learned(event.interval);
  backup.wait_until(std::max(event.at + down_interval(), backup.listen_until), master_.interval);
  backup.takeover_reason = Reason::MasterDownTimerExpired;
  backup.has_listened_again = false;
  backup.wants_master = false;
}

void Instance::hear(states::Master& master, const Heard& event, TimePoint now) {
  const bool is_late = master.is_late(now, own_interval());
  const bool is_better = event.priority > status_.priority ||
                         (event.priority == status_.priority && event.source > source_);
  // This node was late, and another has taken over.
  const bool is_overtaken = is_late && event.at > master.advertised;
  if (event.priority > 0) {
    if (is_overtaken) note_lateness(master.advertise_at, now);
    if (is_better || is_overtaken) return give_way(master, event, is_better, now);
    // The other Master has taken over because it hears nothing from us. It would not hear an
    // answer.
    if (master.refused.are_lasting(now, own_interval())) return yield_unheard(master, now);
  }
  // A late Master answers after it has read all that came meanwhile: its timer is due.
  if (!master.has_advertised || is_late) return;
  if (master.answered && now - *master.answered < kAnswerInterval) return;
  master.answered = now;
  advertise(master, status_.priority, now);
  // The final advertisement of a Master that has just given way is not counted. It is announced
  // for, as a priority 0 is: the neighbours may know the addresses at that Master.
  if (event.priority > 0 && now - status_.since >= own_interval()) {
    ++status_.counters.lower_priority_answered;
    status_.last_lower_priority = {event.source, event.priority, event.interval, event.at};
  }
  if (master.reasserted && now - *master.reasserted < kReassertInterval) return;
  master.reasserted = now;
  reassert(master, now);
}

void Instance::give_way(states::Master& master, const Heard& event, bool is_better, TimePoint now) {
  // The better Master announces its addresses when it hears a lower-priority advertisement: this
  // final one makes it do so, even if it has never heard us.
  if (is_better && master.has_advertised) advertise(master, status_.priority, now);
  act(RemoveAddresses{});
  const Reason reason = is_better ? Reason::BetterMaster : Reason::LateMaster;
  states::Backup& backup = enter_backup(reason, own_interval(), now);
  // Packets in the queue are old: a node that preempts listens first, for as long as others do.
  if (!is_better) backup.listen_until = now + down_interval();
  accept_master(backup, event, note_master(event));
}

void Instance::on(const MemberReasserted& event, TimePoint now) {
  auto* master = in<states::Master>();
  if (!master) return;
  master->reasserted = event.at;
  if (master->has_advertised) reassert(*master, now);
}

void Instance::reassert(states::Master& master, TimePoint now) {
  if (!master.is_installing) master.announcements.start(config_.announcements, now);
  announce_if_due(master, now);
}

void Instance::hear(states::Leaving& leaving, const Heard& event, TimePoint now) {
  if (event.priority == 0) return;
  const TimePoint left = leaving.master.advertised;
  // Its sender had waited for the whole down interval before we began to leave: it is Master by its
  // own timer.
  const bool has_missed_us =
      leaving.silent_since &&
      event.at - *leaving.silent_since >=
          master_down_interval(config_.version, event.priority, own_interval());
  // An advertisement that was received before we sent priority 0 is no answer.
  if (!has_missed_us && event.at <= left) return;
  if (note_master(event)) master_.interval = learned(event.interval);
  // A Backup waits for its skew first. What is heard sooner is the final advertisement of a Master
  // that gives way, or comes from one that has not heard us yet. If the sender was about to
  // preempt, its next advertisement counts.
  const Duration skew = skew_time(config_.version, event.priority, own_interval());
  if (!has_missed_us && event.at - left < skew / 2) {
    leaving.has_early_answer = true;
    return;
  }
  leaving.has_successor = true;
  if (!is_grouped_) complete_leave(leaving, now);
}

Duration Instance::learned(Duration advertised) {
  if (config_.version == Version::V2) return own_interval();  // equal, or it was not accepted
  const Duration result =
      std::clamp(advertised, own_interval() / kLearnedRange[0], own_interval() * kLearnedRange[1]);
  if (result != advertised) ++status_.counters.intervals_clamped;
  return result;
}

bool Instance::preempts() const {
  return preemption(config_, status_.is_held, status_.is_ready, following_.has_unknown()) ==
         Preemption::Allowed;
}

bool Instance::is_beaten(std::uint8_t priority) const {
  return vrrp::is_beaten(priority, status_.priority, config_);
}

}  // namespace evenkeel::vrrp
