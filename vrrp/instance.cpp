// handle(), the transitions between the states, and the actions and the status of each state.
#include "vrrp/instance.h"

#include <algorithm>
#include <utility>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

/// How long the writer may take before the first advertisement goes out all the same.
constexpr Duration kInstallingTakes = 20ms;
/// A sender of another list is forgotten after three intervals of silence, and at least this.
constexpr Duration kForgotten = 10s;

}  // namespace

Instance::Instance(InstanceConfig config, bool is_grouped)
    : config_(std::move(config)), is_grouped_(is_grouped) {
  following_.follow(config_.tracks, {}, {});
  status_.priority = effective_priority(config_.priority, following_.sum());
  master_.interval = own_interval();
}

Actions Instance::handle(const Event& event, TimePoint now) {
  actions_.clear();
  std::visit([&](const auto& what) { on(what, now); }, event);
  obey_fault(now);
  if (other_lists_.forget_before(now - std::max<Duration>(3 * own_interval(), kForgotten))) {
    act(Report{});
  }
  return actions_;
}

std::optional<TimePoint> Instance::deadline() const {
  return std::visit([](const auto& state) { return state.deadline(); }, state_);
}

State Instance::state() const {
  if (in<states::Initialize>()) return State::Initialize;
  return in<states::Backup>() ? State::Backup : State::Master;
}

states::Master* Instance::master_or_leaving() {
  if (auto* leaving = in<states::Leaving>()) return &leaving->master;
  return in<states::Master>();
}

Headline Instance::headline() const {
  return {.state = state(),
          .reason = reason(),
          .is_leaving = is_leaving(),
          .is_ready = status_.is_ready,
          .is_held = status_.is_held,
          .has_conflict = has(&states::Backup::has_conflict),
          .has_master = master().has_value(),
          .other_lists = other_lists_.size(),
          .priority = status_.priority};
}

InstanceStatus Instance::status() const {
  InstanceStatus result = status_;
  result.name = config_.name;
  result.state = state();
  result.master = master();
  result.is_leaving = is_leaving();
  result.has_conflict = has(&states::Backup::has_conflict);
  result.master_down_interval = down_interval();
  result.peers = peers_.peers();
  result.other_lists = other_lists_.lists();
  result.tracks = following_.statuses();
  result.by_members = following_.by_members();
  result.is_cut_off = following_.is_cut_off();
  return result;
}

// Transitions.

void Instance::give_up(Reason reason, Duration retry_after, TimePoint now) {
  // When it comes back it serves if nobody does, but takes nothing away from a Master: it would
  // fail again, and each time the clients would have to follow.
  status_.is_held = true;
  enter_initialize(reason, now, now + retry_after);
}

void Instance::enter_initialize(Reason reason, TimePoint now, std::optional<TimePoint> retry_at) {
  const auto* leaving = in<states::Leaving>();
  const bool is_stopped =
      reason == Reason::Stopped || (leaving && leaving->purpose == LeaveFor::Stop);
  note_transition(reason, now);
  master_ = {.interval = master_.interval};
  other_lists_.clear();
  state_ = states::Initialize{.is_started = !is_stopped, .retry_at = retry_at};
  act(Report{});
}

states::Backup& Instance::enter_backup(Reason reason, Duration interval, TimePoint now) {
  note_transition(reason, now);
  if (reason == Reason::Started) master_ = {};
  master_.interval = interval;
  state_ = states::Backup{};
  auto& backup = std::get<states::Backup>(state_);
  backup.wait_until(now + down_interval(), master_.interval);
  act(Report{});
  return backup;
}

states::Master& Instance::enter_master(Reason reason, TimePoint now) {
  states::Master& master = begin_as_master(reason, now);
  install(master);
  master.advertise_at = now + std::min(kInstallingTakes, own_interval() / 2);
  act(Report{});
  return master;
}

states::Master& Instance::begin_as_master(Reason reason, TimePoint now) {
  note_transition(reason, now);
  ++status_.counters.became_master;
  status_.is_held = false;
  master_ = {.interval = own_interval()};
  state_ = states::Master{.advertised = now};
  return std::get<states::Master>(state_);
}

/// Called before the state changes.
void Instance::note_transition(Reason reason, TimePoint now) {
  if (state() == State::Master) ++status_.counters.left_master;
  status_.reason = reason;
  status_.since = now;
}

// What it does.

void Instance::advertise(states::Master& master, std::uint8_t priority, TimePoint now) {
  act(SendAdvertisement{priority});
  ++status_.counters.advertisements_sent;
  if (priority == 0) ++status_.counters.priority_zero_sent;
  if (!std::exchange(master.refused.is_last_refused, false)) master.refused.since.reset();
  master.has_advertised = true;
  master.advertised = now;
  master.advertise_at = now + own_interval();
}

void Instance::install(states::Master& master) {
  master.is_installing = true;
  master.has_lost_some = false;
  act(InstallAddresses{});
}

void Instance::announce_if_due(states::Master& master, TimePoint now) {
  if (master.announcements.expire(config_.announcements, now)) act(AnnounceAddresses{});
}

void Instance::probe(states::Backup& backup) {
  backup.probe_at.reset();
  backup.has_probed = true;
  backup.is_answered = false;
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
  return master_down_interval(config_.version, status_.priority, master_.interval);
}

}  // namespace evenkeel::vrrp
