#include "vrrp/instance.h"

#include <algorithm>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

/// How long the writer may take before the first advertisement goes out all the same.
constexpr Duration kInstallingTakes = 20ms;
/// A Master that lost its addresses too often stays away this long, unless it is told to resume.
constexpr Duration kContestedFor = 60s;
constexpr Duration kRefusedFor = 5s;
/// A Master answers lesser advertisements, and announces for them, no more often than this.
constexpr Duration kAnswerInterval = 10ms;
constexpr Duration kReassertInterval = 1s;
/// The range of intervals that is learned, as parts and multiples of our own (Decision 3).
constexpr int kLearnedRange[] = {100, 10};

}  // namespace

bool may_resume(const Past& past, Duration interval, TimePoint now) {
  if (!past.has_addresses) return false;
  if (past.left_unanswered) return true;  // for as long as the kernel leaves them there
  return past.was_master && 2 * (now - past.last_advertisement) < 5 * interval;
}

Instance::Instance(InstanceConfig config, bool is_grouped)
    : config_(std::move(config)), is_grouped_(is_grouped) {
  status_.name = config_.name;
  status_.priority = config_.priority;
  master_interval_ = own_interval();
}

Actions Instance::handle(const Event& event, TimePoint now) {
  actions_.clear();
  std::visit([&](const auto& what) { on(what, now); }, event);
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

InstanceStatus Instance::status() const {
  InstanceStatus result = status_;
  result.is_leaving = is_leaving();
  result.master_down_interval = down_interval();
  result.peers = peers_.peers();
  return result;
}

bool Instance::has_failed() const {
  return is_started_ && status_.state == State::Initialize &&
         status_.reason != Reason::GroupMemberDown;
}

// The beginning and the end.

void Instance::on(const Startup& event, TimePoint now) {
  is_started_ = true;
  if (event.release) {
    if (!interface_problem_) advertise(0, now);
    act(RemoveAddresses{});
  }
  begin(now);
}

void Instance::on(const Resume&, TimePoint now) {
  is_started_ = true;
  if (interface_problem_) {
    act(RemoveAddresses{});
    return begin(now);
  }
  enter_master(Reason::Resumed, now);
  advertise(status_.priority, now);  // the addresses are there: nobody has to wait for the writer
}

void Instance::begin(TimePoint now) {
  retry_at_.reset();
  if (interface_problem_) return enter_initialize(*interface_problem_, now);
  if (status_.priority == kOwnerPriority && !is_grouped_) {
    return enter_master(Reason::AddressOwner, now);
  }
  // A whole down interval of listening, however short ago the link has settled.
  enter_backup(Reason::Started, own_interval(), now);
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
        if (event.purpose == LeaveFor::Stop) leave_for_ = LeaveFor::Stop;
        return;
      }
      advertise(0, now);
      leave_for_ = event.purpose;
      leave_until_ = now + std::max(event.at_least, leave_limit(config_.version, own_interval()));
      left_ = now;
      has_successor_ = false;
      has_early_answer_ = false;
      advertise_at_.reset();
      announcements_.stop();
      status_.reason = Reason::Leaving;
      act(Report{});
      return;
  }
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
  status_.is_held = true;
  enter_backup(Reason::HandedOver, master_interval_, now);
}

void Instance::serve_leave_timer(TimePoint now) {
  // The rest of its group was not answered, or the answer came early and was one all the same.
  if (has_successor_ || has_early_answer_) return complete_leave(now);
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

// Advertisements.

void Instance::on(const Heard& event, TimePoint now) {
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

void Instance::heard_as_backup(const Heard& event) {
  if (event.priority == 0) {
    // Only the Master can release it, and a stream of these must not put the takeover off.
    if (status_.master != event.source) {
      ++status_.counters.priority_zero_ignored;
      return;
    }
    const Duration skew = skew_time(config_.version, status_.priority, master_interval_);
    if (!down_at_ || event.at + skew < *down_at_) down_at_ = event.at + skew;
    takeover_reason_ = Reason::MasterReleased;
    probe_at_.reset();  // it answers for its addresses until it hears us
    has_probed_ = false;
    return;
  }
  if (status_.master != event.source) act(Report{});
  status_.master = event.source;
  status_.is_claimed = false;
  has_probed_ = false;
  if (event.priority >= status_.priority || !preempts()) {
    preempt_at_.reset();
    return accept_master(event);
  }
  if (config_.preempt_delay > Duration::zero()) {
    if (!preempt_at_) preempt_at_ = event.at + config_.preempt_delay;
    if (event.at < *preempt_at_) return accept_master(event);
  }
  takeover_reason_ = Reason::Preempting;  // discarded: the timer goes on
  probe_at_.reset();
}

void Instance::accept_master(const Heard& event) {
  master_interval_ = learned(event.interval);
  down_at_ = event.at + down_interval();
  probe_at_ = *down_at_ - std::min<Duration>(master_interval_, 1s);
  takeover_reason_ = Reason::MasterDownTimerExpired;
  has_listened_again_ = false;
  wants_master_ = false;
}

void Instance::heard_while_leaving(const Heard& event, TimePoint now) {
  // One that was under way when we said that we leave is not an answer.
  if (event.priority == 0 || event.at <= left_) return;
  status_.master = event.source;
  master_interval_ = learned(event.interval);
  // Nor is the last word of somebody who gives way to us, or who has not heard us yet: a Backup
  // waits for its skew. It may have been about to preempt: see serve_leave_timer().
  const Duration skew = skew_time(config_.version, event.priority, own_interval());
  if (event.at - left_ < skew / 2) {
    has_early_answer_ = true;
    return;
  }
  has_successor_ = true;
  if (!is_grouped_) complete_leave(now);
}

void Instance::heard_as_master(const Heard& event, TimePoint now) {
  // We were away, and somebody has taken over.
  const bool is_overtaken = is_late(now) && event.at > advertised_;
  const bool is_better = event.priority > status_.priority ||
                         (event.priority == status_.priority && event.source > source_);
  if (event.priority > 0 && (is_better || is_overtaken)) {
    // If it never heard us it would not announce its addresses: the last word is ours, and loses.
    if (!is_overtaken && has_advertised_) advertise(status_.priority, now);
    act(RemoveAddresses{});
    status_.master = event.source;
    enter_backup(is_better ? Reason::BetterMaster : Reason::LateMaster, own_interval(), now);
    accept_master(event);
    return;
  }
  // Before it answers anybody, a late Master has heard all that came meanwhile: its timer is due.
  if (!has_advertised_ || is_late(now)) return;
  if (answered_ && now - *answered_ < kAnswerInterval) return;
  answered_ = now;
  advertise(status_.priority, now);
  if (event.priority == 0) return;
  ++status_.counters.lesser_answered;
  if (reasserted_ && now - *reasserted_ < kReassertInterval) return;
  reasserted_ = now;
  if (!is_installing_) announcements_.start(config_.announcements, now);
  if (announcements_.expire(config_.announcements, now)) act(AnnounceAddresses{});
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
  if (status_.is_claimed && config_.address_conflict == AddressConflict::Refuse) {
    return give_up(Reason::AddressConflict, down_interval(), now);
  }
  if (is_grouped_) {
    wants_master_ = true;
    down_at_ = now + down_interval();
    probe_at_.reset();
    return;
  }
  enter_master(takeover_reason_, now);
}

void Instance::serve_advertisement_timer(TimePoint now) {
  note_lateness(*advertise_at_, now);
  if (awaits_members()) return speak(now);
  const bool was_late = is_late(now);
  advertise(status_.priority, now);
  // Nobody has taken over; but the lease may have run out, and the neighbours may have asked.
  if (was_late || (has_lost_some_ && !is_installing_)) install();
}

// Addresses.

void Instance::on(const AddressesInstalled& event, TimePoint now) {
  is_installing_ = false;
  if (status_.state != State::Master || is_leaving()) return;
  if (event.is_refused) {
    if (has_advertised_) advertise(0, now);
    act(RemoveAddresses{});
    return give_up(Reason::AddressesRefused, kRefusedFor, now);
  }
  if (has_lost_some_) return install();
  if (!has_advertised_ && is_grouped_) return;  // until MembersInstalled
  speak(now);
}

void Instance::on(const MembersInstalled&, TimePoint now) {
  if (awaits_members()) speak(now);
}

void Instance::speak(TimePoint now) {
  if (!has_advertised_) advertise(status_.priority, now);
  announcements_.start(config_.announcements, now);
  if (announcements_.expire(config_.announcements, now)) act(AnnounceAddresses{});
}

void Instance::on(const AddressLost&, TimePoint now) {
  if (status_.state != State::Master || is_leaving()) return;
  has_lost_some_ = true;
  // The lease has run out while we were away: the timer, which is due, puts them back, unless
  // somebody has taken over.
  if (is_late(now)) return;
  if (losses_.record(now)) {
    advertise(0, now);
    act(RemoveAddresses{});
    return give_up(Reason::AddressesContested, kContestedFor, now);
  }
  ++status_.counters.addresses_put_back;
  if (!is_installing_) install();
}

void Instance::on(const AddressClaimed&, TimePoint) {
  // The Master answers for them as long as it lives: it counts only after our own question.
  if (status_.state == State::Backup && has_probed_ && !status_.is_claimed) {
    status_.is_claimed = true;
    act(Report{});
  }
}

// What the world, the operator and the daemon say.

void Instance::on(const InterfaceChanged& event, TimePoint now) {
  const bool was_usable = !interface_problem_;
  interface_problem_ = event.problem;
  source_ = event.source;
  if (!is_started_) return;
  if (!event.problem) {
    if (!was_usable) begin(now);
    return;
  }
  if (status_.state == State::Master) {
    // This one does not keep us from saying so.
    if (*event.problem == Reason::NotRealTime && !is_leaving()) advertise(0, now);
    act(RemoveAddresses{});
  }
  retry_at_.reset();
  if (status_.state != State::Initialize || status_.reason != *event.problem) {
    enter_initialize(*event.problem, now);
  }
}

void Instance::on(const SendRefused&, TimePoint now) {
  ++status_.counters.sends_refused;
  was_refused_ = true;
  if (status_.state != State::Master || is_leaving()) return;
  if (!refused_since_) {
    refused_since_ = now;
    act(Report{});
    return;
  }
  // The peers have taken over by now: two owners are worse than one.
  if (now - *refused_since_ < 3 * own_interval()) return;
  act(RemoveAddresses{});
  give_up(Reason::SendRefused, kRefusedFor, now);
}

void Instance::on(const PriorityChanged& event, TimePoint) {
  if (status_.priority == event.priority) return;
  status_.priority = event.priority;
  act(Report{});
}

void Instance::on(const ReadinessChanged& event, TimePoint) {
  if (status_.is_ready == event.is_ready) return;
  status_.is_ready = event.is_ready;
  act(Report{});
}

void Instance::on(const HoldChanged& event, TimePoint now) {
  status_.is_held = event.is_held;
  if (!event.is_held && retry_at_) begin(now);
  act(Report{});
}

void Instance::on(const Reconfigured& event, TimePoint now) {
  if (config_ == event.config) return;
  const Duration down_before = down_interval();
  const InstanceConfig before = std::exchange(config_, event.config);
  status_.name = config_.name;
  status_.priority = config_.priority;
  switch (status_.state) {
    case State::Initialize:
      if (retry_at_) begin(now);
      break;
    case State::Backup:
      // What a Master of version 3 advertises is its own: ours counts as long as none is known.
      if (config_.version == Version::V2 || !status_.master) master_interval_ = own_interval();
      if (preempt_at_) *preempt_at_ += config_.preempt_delay - before.preempt_delay;
      // Never sooner than a new Master_Down_Interval: it may be us who are ahead of the Master.
      if (down_interval() != down_before && takeover_reason_ != Reason::MasterReleased) {
        down_at_ = now + down_interval();
      }
      break;
    case State::Master:
      if (is_leaving()) break;
      master_interval_ = own_interval();
      if (advertise_at_) advertise_at_ = std::min(*advertise_at_, now + own_interval());
      if (before.virtual_addresses != config_.virtual_addresses ||
          before.extra_addresses != config_.extra_addresses) {
        install();
      } else if (before.announcements != config_.announcements && !is_installing_) {
        announcements_.start(config_.announcements, now);
      }
      break;
  }
  act(Report{});
}

// The sync group.

void Instance::on(const GroupTakesOver&, TimePoint now) {
  if (status_.state != State::Backup || !wants_master_) return;
  enter_master(takeover_reason_, now);
}

void Instance::on(const GroupStepsDown&, TimePoint now) {
  if (status_.state != State::Master || is_leaving()) return;
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
  if (reason != Reason::AddressConflict) status_.is_held = true;
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
  preempt_at_.reset();
  announcements_.stop();
  takeover_reason_ = Reason::MasterDownTimerExpired;
  master_interval_ = interval;
  down_at_ = now + down_interval();
  probe_at_ = *down_at_ - std::min<Duration>(interval, 1s);
  act(Report{});
}

void Instance::enter_master(Reason reason, TimePoint now) {
  ++status_.counters.became_master;
  status_.state = State::Master;
  status_.reason = reason;
  status_.since = now;
  status_.master.reset();
  status_.is_held = false;
  master_interval_ = own_interval();
  wants_master_ = false;
  has_advertised_ = false;
  refused_since_.reset();
  was_refused_ = false;
  answered_.reset();
  reasserted_.reset();
  losses_.reset();
  leave_until_.reset();
  install();
  advertise_at_ = now + std::min(kInstallingTakes, own_interval() / 2);
  act(Report{});
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

bool Instance::is_late(TimePoint now) const {
  return has_advertised_ && now - advertised_ > 3 * own_interval();
}

}  // namespace evenkeel::vrrp
