// The writer's part about addresses: the engine's notices about them, and their leases.
#include <algorithm>
#include <thread>

#include "vrrp/writer.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr Duration kEngineIsDead = 1s;
constexpr Duration kLookAgain = 100ms;
/// Between two slices of work, at least, and for so long as a tenth of the slice took: the kernel
/// lets real-time threads have 95 % of a CPU (sched_rt_runtime_us), and takes what is left in one
/// piece.
constexpr Duration kPause = 100us;
constexpr int kPauseShare = 10;
/// The longest work without a pause.
constexpr Duration kLongestWork = 4ms;

/// The longest time until an instance that is added after others have left, and hears no Master, is
/// Master.
Duration longest_takeover(const InstanceConfig& config, Duration slowest_leave) {
  const Duration interval = config.advertisement_interval;
  const Duration leave = std::max(longest_leave(config.version, interval), slowest_leave);
  return std::max(kUnansweredLease, leave + kFoundByNeighbours +
                                        lease_time(config.version, config.priority, interval));
}

Duration pause_after(Duration work) {
  return std::max(kPause, work / kPauseShare);
}

}  // namespace

void Writer::on(const WantAddresses& notice) {
  Managed* managed = find(notice.id);
  if (managed == nullptr) return;
  switch (notice.what) {
    case WantAddresses::What::Install:
      return addresses_.install(managed->id, managed->config, managed->interface_index,
                                lease_of(*managed));
    case WantAddresses::What::Remove:
      return remove(*managed);
    case WantAddresses::What::Abandon:
      return addresses_.abandon(managed->id, managed->config, managed->interface_index);
  }
}

std::optional<HeldAddresses::NextHolder> Writer::next_holder(RouterId holder,
                                                             const AddressPlace& place) const {
  // A holder that keeps the address in the configuration waits for no instance of this node: the
  // same address on several interfaces is usual (fe80::1).
  if (latest_.index.has(holder, place.second)) return std::nullopt;
  std::optional<HeldAddresses::NextHolder> best;
  const auto is_before = [&](const HeldAddresses::NextHolder& a,
                             const HeldAddresses::NextHolder& b) {
    const auto rank = [&](const HeldAddresses::NextHolder& each) {
      return std::pair(each.interface_index != place.first, each.is_backup);
    };
    return rank(a) < rank(b);
  };
  for (const WantedInstance* wanted : latest_.index.with_address(place.second)) {
    const auto next = as_next_holder(*wanted, holder);
    if (next && (!best || is_before(*next, *best))) best = next;
  }
  return best;
}

std::optional<HeldAddresses::NextHolder> Writer::as_next_holder(const WantedInstance& wanted,
                                                                RouterId holder) const {
  const InstanceConfig& config = *wanted.config;
  const Managed* other = find(wanted.id);
  const auto waits = [this](RouterId id) { return this->waits(id); };
  if (other == nullptr && (stop_ != Stop::None || !may_replace(wanted, 0, waits))) {
    return std::nullopt;
  }
  if (other != nullptr && (other->id == holder || other->phase != Phase::Runs)) {
    return std::nullopt;
  }
  if (other != nullptr && addresses_.are_held(other->id)) {
    const auto lease = lease_of(*other);
    return HeldAddresses::NextHolder{
        .id = other->id,
        .interface_index = other->interface_index,
        .lease = lease ? std::optional(std::max(*lease, kUnansweredLease)) : std::nullopt};
  }
  if (other != nullptr && !may_become_master(*other)) return std::nullopt;
  const Interface* interface = links_.find(config.interface);
  return HeldAddresses::NextHolder{.id = other == nullptr ? HeldAddresses::kNobody : other->id,
                                   .interface_index = interface == nullptr ? 0 : interface->index,
                                   .is_backup = true,
                                   .lease = longest_takeover(config, latest_.slowest_leave)};
}

/// The longest leave of the instances that are leaving.
Duration Writer::slowest_leave() const {
  Duration slowest{};
  for (const auto& [id, managed] : managed_) {
    if (managed->phase == Phase::Runs) continue;
    const InstanceConfig& config = managed->config;
    slowest = std::max(slowest, longest_leave(config.version, config.advertisement_interval));
  }
  return slowest;
}

/// The instance listens, or is about to, and has heard no Master.
bool Writer::may_become_master(const Managed& managed) {
  const InstanceStatus& status = managed.status;
  return !managed.problem && !status.master &&
         (status.state == State::Backup || status.reason == Reason::NotStarted);
}

void Writer::remove(const Managed& managed) {
  const std::string& interface = managed.config.interface;
  addresses_.remove(
      managed.id, managed.config, managed.interface_index,
      [&](const InterfaceAddress& address) { return replacements_.is_kept(interface, address); });
}

void Writer::write_a_slice() {
  const TimePoint began = Clock::now();
  const auto progress = addresses_.work();
  // The kernel's notifications of our own writing first, so that they are not taken for another
  // program's.
  (void)links_.receive();
  for (const HeldAddresses::Progress& each : progress) {
    if (Managed* managed = find(each.holder)) {
      note_progress(*managed, each);
    } else if (each.holder == HeldAddresses::kNobody && !leftovers_.empty() &&
               !addresses_.has_unremoved()) {
      note(Severity::Warning,
           "removed " + std::exchange(leftovers_, "") + ", left by a process before us");
    }
  }
  const TimePoint now = Clock::now();
  if (addresses_.has_unremoved() && !schedule_.retry) schedule_.retry = now + kRetry;
  schedule_.write = now + pause_after(now - began);
}

void Writer::note_progress(Managed& managed, const HeldAddresses::Progress& progress) {
  const bool is_renewal = progress.what == AddressTask::What::Renew;
  if (progress.what != AddressTask::What::Install && !is_renewal) return;
  if (!progress.is_whole) return tell(managed.id, VirtualAddressesInstalled{});
  if (progress.installed != Installed::All && !schedule_.retry) {
    schedule_.retry = Clock::now() + kRetry;
  }
  report_if_changed(managed);
  if (!is_renewal) {
    tell(managed.id, AddressesInstalled{progress.installed});
  } else if (progress.was_refused && progress.installed == Installed::All) {
    tell(managed.id, AddressesInstalled{});
  }
  look_for_losses(managed);
}

/// Tells the engine of addresses that have gone from their interface. An instance whose addresses
/// are being written is looked at after that.
void Writer::look_for_losses(Managed& managed) {
  if (!addresses_.are_held(managed.id) || addresses_.is_busy(managed.id) || managed.problem) return;
  const Interface* interface = links_.find(managed.config.interface);
  if (interface == nullptr) return;
  if (addresses_.have_been_lost(managed.id, *interface)) tell(managed.id, AddressLost{});
}

// Leases.

std::optional<Duration> Writer::lease_of(const Managed& managed) const {
  if (!latest_.config->address_lease) return std::nullopt;
  const InstanceConfig& config = managed.config;
  return lease_time(config.version, config.priority, config.advertisement_interval);
}

std::optional<TimePoint> Writer::next_refresh() const {
  std::optional<TimePoint> first = schedule_.retry;
  const auto take = [&](const std::optional<TimePoint>& time) {
    if (time && (!first || *time < *first)) first = time;
  };
  if (addresses_.has_work() || !changed_links_->empty()) take(schedule_.write);
  if (sockets_.has_released()) take(schedule_.close);
  if (latest_.config->address_lease) take(addresses_.next_refresh());
  return first;
}

void Writer::refresh(TimePoint now) {
  schedule_.paused = now;
  if (schedule_.retry && *schedule_.retry <= now) try_again(now);
  renew_what_is_due(now);
  if (addresses_.has_work() && schedule_.write <= now) write_a_slice();
  close_some(now);
  look_at_links();
  go_on();
  flush();
}

/// The kernel takes its time for each (RTNL lock, RCU).
void Writer::close_some(TimePoint now) {
  if (schedule_.close > now) return;
  const TimePoint end = now + kLongestWork;
  while (sockets_.has_released() && now < end) {
    sockets_.close_one();
    now = Clock::now();
  }
  schedule_.close = now + pause_after(kLongestWork);
}

void Writer::try_again(TimePoint now) {
  schedule_.retry.reset();
  receive_links();
  send_gateways();
  addresses_.remove_again();
  const bool is_dead = is_engine_dead(now);
  for (const auto& [id, managed] : managed_) {
    if (managed->problem == Reason::SocketRefused) {
      pause_if_due();
      look_at(*managed);
    }
    if (!addresses_.has_refused(id)) continue;
    // What is being written goes on: its end says what is still refused.
    if (is_dead || addresses_.is_busy(id) || !renew(*managed)) schedule_.retry = now + kRetry;
  }
}

void Writer::renew_what_is_due(TimePoint now) {
  const bool is_dead = is_engine_dead(now);
  for (const auto& [id, managed] : managed_) {
    if (!addresses_.is_due(id, now)) continue;
    const auto lease = lease_of(*managed);
    if (!lease) continue;
    const Interface* interface = links_.find(managed->config.interface);
    if (is_dead || managed->problem || interface == nullptr) {
      addresses_.postpone(id, now + (is_dead ? kLookAgain : *lease / 3));
    } else {
      addresses_.renew_due(id, managed->config, *interface, *lease, now);
    }
  }
}

bool Writer::is_engine_dead(TimePoint now) const {
  return now - engine_.last_tick() > kEngineIsDead;
}

/// Renews all addresses that are held, also those that are not due, and tries those again that the
/// kernel has refused. Does nothing and returns false where an address has gone: the engine has to
/// announce it.
bool Writer::renew(Managed& managed) {
  const Interface* interface = links_.find(managed.config.interface);
  if (managed.problem || interface == nullptr) return false;
  if (!addresses_.are_there(managed.id, *interface)) return false;
  addresses_.renew(managed.id, managed.config, managed.interface_index, lease_of(managed));
  return true;
}

void Writer::pause_if_due() {
  const TimePoint now = Clock::now();
  if (now - schedule_.paused < kLongestWork) return;
  flush();
  renew_what_is_due(now);
  if (addresses_.has_work()) write_a_slice();
  std::this_thread::sleep_for(pause_after(Clock::now() - schedule_.paused));
  schedule_.paused = Clock::now();
}

}  // namespace evenkeel::vrrp
