// RFC 9568 section 6.4, the part that is about advertisements: what each means to a Backup, to a
// Master, and to a Master that leaves.
#include <algorithm>
#include <utility>

#include "vrrp/instance.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

/// A Master answers lower-priority advertisements, and announces for them, no more often than this.
constexpr Duration kAnswerInterval = 10ms;
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
  switch (status_.state) {
    case State::Initialize:
      return;
    case State::Backup:
      return heard_as_backup(event);
    case State::Master:
      if (is_leaving()) return heard_while_leaving(event, now);
      return heard_as_master(event, now);
  }
}

void Instance::note_list(const Heard& event) {
  if (status_.state == State::Initialize) return;
  const bool is_news = event.list == ListMatch::Same
                           ? other_lists_.heard_ours(event.source)
                           : other_lists_.heard(event.source, event.addresses, config_.family,
                                                !heeds(event), event.at);
  if (is_news) act(Report{});
}

/// Whoever answers for the addresses is the Master, or they are others now.
void Instance::forget_claims() {
  has_probed_ = false;
  is_answered_ = false;
  const bool was_claimed = std::exchange(status_.is_claimed, false);
  const bool was_conflict = status_.reason == Reason::AddressConflict;
  if (was_conflict) status_.reason = unclaimed_reason_;
  if (was_claimed || was_conflict) act(Report{});
}

void Instance::heard_as_backup(const Heard& event) {
  if (event.priority == 0) {
    // Only the Master can release it, and a stream of these must not put the takeover off.
    if (status_.master != event.source) {
      ++status_.counters.priority_zero_ignored;
      return;
    }
    const Duration skew = skew_time(config_.version, status_.priority, master_interval_);
    if (!down_at_ || event.at + skew < *down_at_) down_at_ = event.at + skew;
    master_heard_.reset();  // whoever comes next is the Master
    listen_until_ = {};
    takeover_reason_ = Reason::MasterReleased;
    probe_at_.reset();  // it answers for its addresses until it hears us
    has_probed_ = false;
    is_answered_ = false;
    return;
  }
  const bool is_master = note_master(event);
  forget_claims();
  if (event.priority >= status_.priority || !preempts()) {
    preempt_at_.reset();
    return accept_master(event, is_master);
  }
  if (config_.preempt_delay > Duration::zero()) {
    if (!preempt_at_) preempt_at_ = event.at + config_.preempt_delay;
    if (event.at < *preempt_at_) return accept_master(event, is_master);
  }
  takeover_reason_ = Reason::Preempting;  // discarded: the timer goes on
  probe_at_.reset();
}

bool Instance::note_master(const Heard& event) {
  // Of two Masters that do not hear each other the better one counts, as long as it lives. And a
  // final advertisement makes nobody Master.
  if (status_.master && status_.master != event.source && master_heard_ &&
      event.at - *master_heard_ < 3 * master_interval_) {
    if (event.priority < master_priority_) return false;
    if (event.priority == master_priority_ && event.source < *status_.master) return false;
  }
  if (status_.master != event.source) act(Report{});
  status_.master = event.source;
  master_priority_ = event.priority;
  master_heard_ = event.at;
  return true;
}

void Instance::accept_master(const Heard& event, bool is_master) {
  if (is_master) master_interval_ = learned(event.interval);
  down_at_ = std::max(event.at + down_interval(), listen_until_);
  probe_at_ = *down_at_ - std::min<Duration>(master_interval_, 1s);
  takeover_reason_ = Reason::MasterDownTimerExpired;
  has_listened_again_ = false;
  wants_master_ = false;
}

void Instance::heard_as_master(const Heard& event, TimePoint now) {
  // We were away, and somebody has taken over.
  const bool is_overtaken = is_late(now) && event.at > advertised_;
  const bool is_better = event.priority > status_.priority ||
                         (event.priority == status_.priority && event.source > source_);
  if (event.priority > 0 && (is_better || is_overtaken)) {
    // The better Master announces its addresses when it hears a lower-priority advertisement: this
    // final one makes it do so, even if it has never heard us.
    if (is_overtaken) note_lateness(*advertise_at_, now);
    if (is_better && has_advertised_) advertise(status_.priority, now);
    act(RemoveAddresses{});
    enter_backup(is_better ? Reason::BetterMaster : Reason::LateMaster, own_interval(), now);
    // What we find in the queue is old: who preempts listens first, for as long as others do.
    if (!is_better) listen_until_ = now + down_interval();
    accept_master(event, note_master(event));
    return;
  }
  // It has taken over because nothing of ours arrives, and no answer would.
  if (event.priority > 0 && is_mute(now)) return yield_unheard(now);
  // Before it answers anybody, a late Master has heard all that came meanwhile: its timer is due.
  if (!has_advertised_ || is_late(now)) return;
  if (answered_ && now - *answered_ < kAnswerInterval) return;
  answered_ = now;
  advertise(status_.priority, now);
  // The final advertisement of a Master that has just given way is not counted. It is announced
  // for, as a priority 0 is: the neighbours may know the addresses at that Master.
  if (event.priority > 0 && now - status_.since >= own_interval()) {
    ++status_.counters.lower_priority_answered;
    status_.last_lower_priority = {event.source, event.priority, event.interval, event.at};
  }
  if (reasserted_ && now - *reasserted_ < kReassertInterval) return;
  reasserted_ = now;
  reassert(now);
}

void Instance::on(const MemberReasserted& event, TimePoint now) {
  reasserted_ = event.at;
  if (status_.state == State::Master && !is_leaving() && has_advertised_) reassert(now);
}

void Instance::reassert(TimePoint now) {
  if (!is_installing_) announcements_.start(config_.announcements, now);
  if (announcements_.expire(config_.announcements, now)) act(AnnounceAddresses{});
}

void Instance::heard_while_leaving(const Heard& event, TimePoint now) {
  if (event.priority == 0) return;
  // Before we began, its sender had waited in vain for as long as it had to: it is the Master by
  // its own right.
  const bool has_missed_us =
      silent_since_ && event.at - *silent_since_ >=
                           master_down_interval(config_.version, event.priority, own_interval());
  // One that was under way when we said that we leave is not an answer.
  if (!has_missed_us && event.at <= left_) return;
  if (note_master(event)) master_interval_ = learned(event.interval);
  // A Backup waits for its skew first. What is heard sooner is the final advertisement of a Master
  // that gives way, or comes from one that has not heard us yet. If the sender was about to
  // preempt, its next advertisement counts.
  const Duration skew = skew_time(config_.version, event.priority, own_interval());
  if (!has_missed_us && event.at - left_ < skew / 2) {
    has_early_answer_ = true;
    return;
  }
  has_successor_ = true;
  if (!is_grouped_) complete_leave(now);
}

Duration Instance::learned(Duration advertised) {
  if (config_.version == Version::V2) return own_interval();  // equal, or it was not accepted
  const Duration result =
      std::clamp(advertised, own_interval() / kLearnedRange[0], own_interval() * kLearnedRange[1]);
  if (result != advertised) ++status_.counters.intervals_clamped;
  return result;
}

bool Instance::preempts() const {
  if (status_.is_held) return false;
  return status_.priority == kOwnerPriority || (config_.preempt && status_.is_ready);
}

}  // namespace evenkeel::vrrp
