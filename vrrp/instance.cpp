#include "vrrp/instance.h"

#include <algorithm>
#include <utility>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

/// How long the writer may take before the first advertisement goes out all the same.
constexpr Duration kInstallingTakes = 20ms;
/// Whoever has an address answers within this, or an advertisement interval if that is shorter.
constexpr Duration kAnswerTakes = 1s;
/// Who resumes leaving, and is not answered, has its addresses again before their lease ends.
constexpr Duration kLongestAbandoned = kUnansweredLease - 1s;
/// Three intervals, and at least this, after its last one a list that is not ours is forgotten.
constexpr Duration kForgotten = 10s;

}  // namespace

Instance::Instance(InstanceConfig config, bool is_grouped)
    : config_(std::move(config)), is_grouped_(is_grouped) {
  status_.name = config_.name;
  status_.priority = config_.priority;
  master_interval_ = own_interval();
}

Actions Instance::handle(const Event& event, TimePoint now) {
  actions_.clear();
  std::visit([&](const auto& what) { on(what, now); }, event);
  if (other_lists_.forget_before(now - std::max<Duration>(3 * own_interval(), kForgotten))) {
    act(Report{});
  }
  return actions_;
}

std::optional<TimePoint> Instance::deadline() const {
  std::optional<TimePoint> first;
  const auto take = [&](const std::optional<TimePoint>& time) {
    if (time && (!first || *time < *first)) first = time;
  };
  switch (status_.state) {
    case State::Initialize:
      take(retry_at_);
      break;
    case State::Backup:
      take(down_at_);
      take(probe_at_);
      break;
    case State::Master:
      take(leave_until_);
      take(advertise_at_);
      take(announcements_.next());
      break;
  }
  return first;
}

Headline Instance::headline() const {
  return {.state = status_.state,
          .reason = status_.reason,
          .is_leaving = is_leaving(),
          .is_ready = status_.is_ready,
          .is_held = status_.is_held,
          .is_claimed = status_.is_claimed,
          .has_master = status_.master.has_value(),
          .other_lists = other_lists_.size(),
          .priority = status_.priority};
}

InstanceStatus Instance::status() const {
  InstanceStatus result = status_;
  result.is_leaving = is_leaving();
  result.master_down_interval = down_interval();
  result.peers = peers_.peers();
  result.other_lists = other_lists_.lists();
  return result;
}

bool Instance::has_failed() const {
  return is_started_ && status_.state == State::Initialize &&
         status_.reason != Reason::GroupMemberDown;
}

// The beginning and the end.

void Instance::on(const Startup&, TimePoint now) {
  is_started_ = true;
  begin(now);
}

void Instance::on(const Resume&, TimePoint now) {
  is_started_ = true;
  if (interface_problem_) {
    act(RemoveAddresses{});
    return begin(now);
  }
  has_been_refused_ = true;  // what the one before us could bear
  enter_master(Reason::Resumed, now);
  advertise(status_.priority, now);  // the addresses are there: nobody has to wait for the writer
}

void Instance::on(const ResumeLeaving& event, TimePoint now) {
  is_started_ = true;
  if (interface_problem_) {
    act(RemoveAddresses{});
    return begin(now);
  }
  has_been_refused_ = true;  // what the one before us could bear
  begin_as_master(Reason::TooLateToResume, now);
  if (event.has_addresses) act(AbandonAddresses{});
  start_leaving({event.purpose, event.at_least}, Reason::TooLateToResume, now);
  silent_since_ = event.last_advertisement;
  leave_until_ = std::min(*leave_until_, now + kLongestAbandoned);
}

void Instance::begin(TimePoint now) {
  retry_at_.reset();
  if (interface_problem_) return enter_initialize(*interface_problem_, now);
  if (status_.priority == kOwnerPriority && !is_grouped_) {
    return enter_master(Reason::AddressOwner, now);
  }
  // A whole down interval of listening, however short ago the link has settled.
  enter_backup(Reason::Started, own_interval(), now);
  // What a unicast Master sends arrives when its kernel has found us: that asks once a second.
  if (config_.unicast) listen_for(std::max<Duration>(down_interval(), kFoundByNeighbours), now);
}

/// The Master_Down_Timer, and the question before it runs out.
void Instance::listen_for(Duration time, TimePoint now) {
  down_at_ = now + time;
  probe_at_ = *down_at_ - std::min<Duration>(master_interval_, kAnswerTakes);
}

void Instance::on(const Leave& event, TimePoint now) {
  switch (status_.state) {
    case State::Initialize:
    case State::Backup:
      if (event.purpose == LeaveFor::Failover) return;
      is_started_ = false;
      return enter_initialize(Reason::Stopped, now);
    case State::Master:
      if (is_leaving()) {
        if (event.purpose == LeaveFor::Stop || leave_for_ == LeaveFor::TooLate) {
          leave_for_ = event.purpose;
        }
        return;
      }
      return start_leaving(event, Reason::Leaving, now);
  }
}

void Instance::start_leaving(const Leave& leave, Reason reason, TimePoint now) {
  advertise(0, now);
  leave_for_ = leave.purpose;
  leave_until_ = now + std::max(leave.at_least, leave_limit(config_.version, own_interval()));
  left_ = now;
  silent_since_.reset();
  has_successor_ = false;
  has_early_answer_ = false;
  advertise_at_.reset();
  announcements_.stop();
  status_.reason = reason;
  act(Report{});
}

void Instance::on(const SuccessorsHeard&, TimePoint now) {
  if (is_leaving()) complete_leave(now);
}

void Instance::complete_leave(TimePoint now) {
  act(RemoveAddresses{});
  if (leave_for_ == LeaveFor::Stop) {
    is_started_ = false;
    return enter_initialize(Reason::Stopped, now);
  }
  if (leave_for_ == LeaveFor::Failover) status_.is_held = true;
  enter_backup(Reason::HandedOver, master_interval_, now);
}

void Instance::serve_leave_timer(TimePoint now) {
  if (has_successor_) return complete_leave(now);  // the rest of its group was not answered
  if (std::exchange(has_early_answer_, false)) {
    // It was a final advertisement: the others took its sender for the Master, and wait for it.
    leave_until_ = now + 3 * own_interval();
    if (silent_since_) leave_until_ = std::min(*leave_until_, left_ + kLongestAbandoned);
    return;
  }
  if (leave_for_ == LeaveFor::Stop) {
    act(AbandonAddresses{});
    is_started_ = false;
    return enter_initialize(Reason::LeftUnanswered, now);
  }
  leave_until_.reset();
  status_.reason = Reason::NobodyAnswered;
  advertise(status_.priority, now);
  install();
  act(Report{});
}

// Timers.

void Instance::on(const TimerExpired&, TimePoint now) {
  const auto due = [now](std::optional<TimePoint>& timer) { return timer && *timer <= now; };
  switch (status_.state) {
    case State::Initialize:
      if (due(retry_at_)) begin(now);
      return;
    case State::Backup:
      if (due(down_at_)) return master_down(now);
      if (due(probe_at_)) probe();
      return;
    case State::Master:
      if (is_leaving()) {
        if (due(leave_until_)) serve_leave_timer(now);
        return;
      }
      if (due(advertise_at_)) serve_advertisement_timer(now);
      if (announcements_.expire(config_.announcements, now)) act(AnnounceAddresses{});
      return;
  }
}

void Instance::master_down(TimePoint now) {
  const TimePoint due = *down_at_;
  note_lateness(due, now);
  // The sockets are drained, but they may have overflowed while we were away: a Master that lives
  // is heard within an interval.
  if (now - due >= master_interval_ && !has_listened_again_) {
    has_listened_again_ = true;
    if (probe_at_) probe();
    down_at_ =
        now + master_interval_ + skew_time(config_.version, status_.priority, master_interval_);
    return;
  }
  has_listened_again_ = false;
  if (is_answered_ && config_.address_conflict == AddressConflict::Refuse) {
    return respect_claim(now);
  }
  if (!is_answered_) status_.is_claimed = false;
  if (is_grouped_) {
    wants_master_ = true;
    down_at_ = now + down_interval();
    probe_at_.reset();
    return;
  }
  enter_master(takeover_reason_, now);
}

/// Asks again until nobody answers any more: the kernel of a Master that was killed does so as long
/// as its lease lasts.
void Instance::respect_claim(TimePoint now) {
  if (status_.reason != Reason::AddressConflict) {
    unclaimed_reason_ = std::exchange(status_.reason, Reason::AddressConflict);
    act(Report{});
  }
  wants_master_ = false;
  probe();
  down_at_ = now + std::min<Duration>(master_interval_, kAnswerTakes);
}

void Instance::serve_advertisement_timer(TimePoint now) {
  note_lateness(*advertise_at_, now);
  if (awaits_members()) return speak(now);
  const bool was_late = is_late(now);
  advertise(status_.priority, now);
  // Nobody has taken over; but the lease may have run out, and the neighbours may have asked.
  if (was_late || (has_lost_some_ && !is_installing_)) install();
}

// The sync group.

void Instance::on(const GroupTakesOver&, TimePoint now) {
  if (status_.state != State::Backup || !wants_master_) return;
  enter_master(takeover_reason_, now);
}

void Instance::on(const GroupStepsDown&, TimePoint now) {
  if (status_.state != State::Master || is_leaving()) return;
  if (has_advertised_ && !is_late(now))
    advertise(status_.priority, now);  // the final advertisement
  act(RemoveAddresses{});
  enter_backup(Reason::GroupMemberLeft, own_interval(), now);
}

void Instance::on(const GroupFails&, TimePoint now) {
  if (!is_started_ || status_.state == State::Initialize) return;
  if (is_leaving() && leave_for_ == LeaveFor::Stop) return complete_leave(now);
  if (status_.state == State::Master) {
    if (!is_leaving() && has_advertised_) advertise(0, now);
    act(RemoveAddresses{});
  }
  enter_initialize(Reason::GroupMemberDown, now);
}

void Instance::on(const GroupRecovers&, TimePoint now) {
  if (is_started_ && status_.state == State::Initialize) begin(now);
}

// Transitions.

void Instance::give_up(Reason reason, Duration retry_after, TimePoint now) {
  // When it comes back it serves if nobody does, but takes nothing away from a Master: it would
  // fail again, and each time the clients would have to follow.
  status_.is_held = true;
  enter_initialize(reason, now);
  retry_at_ = now + retry_after;
}

void Instance::enter_initialize(Reason reason, TimePoint now) {
  if (is_leaving() && leave_for_ == LeaveFor::Stop) is_started_ = false;
  if (status_.state == State::Master) ++status_.counters.left_master;
  status_.state = State::Initialize;
  status_.reason = reason;
  status_.since = now;
  status_.master.reset();
  status_.is_claimed = false;
  other_lists_.clear();
  retry_at_.reset();
  leave_until_.reset();
  wants_master_ = false;
  announcements_.stop();
  act(Report{});
}

void Instance::enter_backup(Reason reason, Duration interval, TimePoint now) {
  if (status_.state == State::Master) ++status_.counters.left_master;
  if (reason == Reason::Started) status_.master.reset();
  status_.state = State::Backup;
  status_.reason = reason;
  status_.since = now;
  status_.is_claimed = false;
  leave_until_.reset();
  wants_master_ = false;
  has_listened_again_ = false;
  has_probed_ = false;
  is_answered_ = false;
  listen_until_ = {};
  preempt_at_.reset();
  announcements_.stop();
  takeover_reason_ = Reason::MasterDownTimerExpired;
  master_interval_ = interval;
  listen_for(down_interval(), now);
  act(Report{});
}

void Instance::enter_master(Reason reason, TimePoint now) {
  begin_as_master(reason, now);
  install();
  advertise_at_ = now + std::min(kInstallingTakes, own_interval() / 2);
  act(Report{});
}

void Instance::begin_as_master(Reason reason, TimePoint now) {
  ++status_.counters.became_master;
  status_.state = State::Master;
  status_.reason = reason;
  status_.since = now;
  status_.master.reset();
  status_.is_held = false;
  // From now on whoever answers is a rival (rival_table.h), or forgotten.
  status_.is_claimed = false;
  master_interval_ = own_interval();
  wants_master_ = false;
  has_advertised_ = false;
  has_been_answered_ = false;
  advertised_ = now;
  refused_since_.reset();
  was_refused_ = false;
  answered_.reset();
  reasserted_.reset();
  losses_.reset();
  leave_until_.reset();
  is_installing_ = false;
  has_lost_some_ = false;
}

void Instance::advertise(std::uint8_t priority, TimePoint now) {
  act(SendAdvertisement{priority});
  ++status_.counters.advertisements_sent;
  if (priority == 0) ++status_.counters.priority_zero_sent;
  if (!std::exchange(was_refused_, false)) refused_since_.reset();
  has_advertised_ = true;
  advertised_ = now;
  advertise_at_ = now + own_interval();
}

void Instance::install() {
  is_installing_ = true;
  has_lost_some_ = false;
  act(InstallAddresses{});
}

void Instance::probe() {
  probe_at_.reset();
  has_probed_ = true;
  is_answered_ = false;
  act(ProbeAddresses{});
}

void Instance::note_lateness(TimePoint due, TimePoint now) {
  status_.worst_lateness = std::max(status_.worst_lateness, now - due);
  if (now - due >= own_interval()) {
    ++status_.counters.late;
    act(Report{});
  }
}

Duration Instance::down_interval() const {
  return master_down_interval(config_.version, status_.priority, master_interval_);
}

bool Instance::is_mute(TimePoint now) const {
  return was_refused_ && refused_since_ && now - *refused_since_ >= 3 * own_interval();
}

bool Instance::is_late(TimePoint now) const {
  return status_.state == State::Master && advertise_at_ &&
         now - *advertise_at_ > 2 * own_interval();
}

}  // namespace evenkeel::vrrp
