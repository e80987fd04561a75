// The events that the writer, the kernel, the operator and main send to a virtual router.
#include <algorithm>
#include <utility>

#include "vrrp/instance.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

/// A Master that lost its addresses too often stays away this long, unless it is told to resume.
constexpr Duration kContestedFor = 60s;
constexpr Duration kRefusedFor = 5s;

}  // namespace

// Addresses.

void Instance::on(const AddressesInstalled& event, TimePoint now) {
  auto* asked = master_or_leaving();
  if (!asked) return;
  asked->is_installing = false;
  const bool is_first_answer = !std::exchange(asked->has_been_answered, true);
  if (is_leaving()) return;
  states::Master& master = *asked;
  if (event.installed == Installed::All) has_been_refused_ = false;
  // A peer that was heard may have more of the addresses. If it does not take over, or the Master
  // was silent, or has left by itself, some addresses are better than none. No Master gives up its
  // addresses for those that a reload has added. The Master that we preempt had all, and takes over
  // again.
  const bool has_taken_away = is_first_answer && status_.reason == Reason::Preempting;
  const bool is_alone = has_been_refused_ || (master.has_advertised && !has_taken_away) ||
                        status_.reason == Reason::MasterDownTimerExpired;
  const bool is_bearable = event.installed == Installed::All ||
                           event.installed == Installed::AllButNew ||
                           (event.installed == Installed::Some && is_alone);
  if (!is_bearable) {
    has_been_refused_ = true;
    if (master.has_advertised) advertise(master, 0, now);
    act(RemoveAddresses{});
    return give_up(Reason::AddressesRefused, kRefusedFor, now);
  }
  if (master.has_lost_some) return install(master);
  if (!master.has_advertised && is_grouped_) return;  // until MembersInstalled
  speak(master, now);
}

/// A takeover need not wait for thousands of addresses that are not advertised.
void Instance::on(const VirtualAddressesInstalled&, TimePoint now) {
  auto* master = in<states::Master>();
  if (!master || !master->is_installing) return;
  if (master->has_advertised || !is_grouped_) speak(*master, now);
}

void Instance::on(const MembersInstalled&, TimePoint now) {
  if (awaits_members()) speak(*in<states::Master>(), now);
}

void Instance::speak(states::Master& master, TimePoint now) {
  if (!master.has_advertised) advertise(master, status_.priority, now);
  master.announcements.start(config_.announcements, now);
  announce_if_due(master, now);
}

void Instance::on(const AddressLost&, TimePoint now) {
  auto* master = in<states::Master>();
  if (!master) return;
  master->has_lost_some = true;
  // The lease has run out while we were away: the timer, which is due, puts them back, unless
  // somebody has taken over.
  if (master->is_late(now, own_interval())) return;
  if (master->losses.record(now)) {
    advertise(*master, 0, now);
    act(RemoveAddresses{});
    return give_up(Reason::AddressesContested, kContestedFor, now);
  }
  ++status_.counters.addresses_put_back;
  if (!master->is_installing) install(*master);
}

void Instance::on(const AddressConflicted&, TimePoint) {
  // A living Master answers for its addresses: an answer counts after our own question only.
  auto* backup = in<states::Backup>();
  if (!backup || !backup->has_probed) return;
  backup->is_answered = true;
  if (!std::exchange(backup->has_conflict, true)) act(Report{});
}

// Interface, operator and daemon.

void Instance::on(const InterfaceChanged& event, TimePoint now) {
  const bool was_usable = !interface_problem_;
  interface_problem_ = event.problem;
  source_ = event.source;
  auto* initialize = in<states::Initialize>();
  if (initialize && !initialize->is_started) return;
  if (!event.problem) {
    if (!was_usable) begin(now);
    return;
  }
  if (initialize && status_.reason == *event.problem) {
    initialize->retry_at.reset();
    return;
  }
  // Without real-time priority the interface still sends: priority 0 goes out.
  auto* master = in<states::Master>();
  if (master && *event.problem == Reason::NotRealTime) advertise(*master, 0, now);
  if (state() == State::Master) act(RemoveAddresses{});
  enter_initialize(*event.problem, now);
}

void Instance::on(const SendRefused& event, TimePoint now) {
  ++status_.counters.sends_refused;
  auto* sender = master_or_leaving();
  if (!sender) return;
  states::RefusedSends& refused = sender->refused;
  refused.is_last_refused = true;
  refused.is_too_long = event.is_too_long;
  if (is_leaving()) return;
  if (!refused.since) {
    refused.since = now;
    act(Report{});
    return;
  }
  // The peers have taken over by now: two owners are worse than one. An instance that may be alone
  // waits until it hears another router.
  const bool is_certain = event.by_firewall || event.is_too_long;
  if (is_certain && refused.are_lasting(now, own_interval())) yield_unheard(*sender, now);
}

/// No final advertisement is sent: the kernel would refuse it.
void Instance::yield_unheard(const states::Master& master, TimePoint now) {
  const bool is_too_long = master.refused.is_too_long;
  act(RemoveAddresses{});
  give_up(is_too_long ? Reason::AdvertisementTooLong : Reason::SendRefused, kRefusedFor, now);
}

void Instance::on(const ReadinessChanged& event, TimePoint now) {
  if (std::exchange(status_.is_ready, event.is_ready) == event.is_ready) return;
  reconsider(now);
  act(Report{});
}

void Instance::on(const HoldChanged& event, TimePoint now) {
  status_.is_held = event.is_held;
  if (!event.is_held) retry(now);
  reconsider(now);
  act(Report{});
}

/// An instance that has given up tries again at once.
void Instance::retry(TimePoint now) {
  if (has(&states::Initialize::retry_at)) begin(now);
}

void Instance::on(const Reconfigured& event, TimePoint now) {
  following_.follow(event.config.tracks, event.group_tracks, now);
  following_.judge(event.results, now);
  if (config_ == event.config) return follow_tracks(now);
  const Duration down_before = down_interval();
  const std::uint8_t priority_before = status_.priority;
  const InstanceConfig before = std::exchange(config_, event.config);
  status_.priority = effective_priority(config_.priority, following_.sum());
  has_been_refused_ = false;
  if (before.foreign_address_list != config_.foreign_address_list) {
    other_lists_.clear();
    peers_ = {};  // strangers that were accepted are none
  } else if (all_addresses(before) != all_addresses(config_)) {
    other_lists_.clear();
  }
  if (auto* backup = in<states::Backup>()) {
    reconfigure(*backup, before, down_before, now);
  } else if (auto* master = in<states::Master>()) {
    reconfigure(*master, before, priority_before, now);
  } else {
    retry(now);
  }
  act(Report{});
  follow_tracks(now);
}

void Instance::reconfigure(states::Backup& backup, const InstanceConfig& before,
                           Duration down_before, TimePoint now) {
  // In version 3 the Master's own interval counts; ours counts while no Master is known.
  if (config_.version == Version::V2 || !master_.address) master_.interval = own_interval();
  if (backup.preempt_at) *backup.preempt_at += config_.preempt_delay - before.preempt_delay;
  const bool is_other_list = before.virtual_addresses != config_.virtual_addresses;
  const bool asks = is_other_list || backup.probe_at;
  if (is_other_list) {
    // Questions and answers were about other addresses. The Master of these may be a router that we
    // have not heeded so far.
    forget_conflicts(backup);
    backup.takeover_reason = Reason::MasterDownTimerExpired;
    backup.has_listened_again = false;
    backup.wants_master = false;
  } else if (down_interval() == down_before || backup.takeover_reason == Reason::MasterReleased) {
    return;
  }
  // Never sooner than a new Master_Down_Interval: it may be us who are ahead of the Master.
  TimePoint down_at = now + down_interval();
  if (config_.unicast && is_newcomer()) {
    down_at = std::max(down_at, status_.since + kFoundByNeighbours);
  }
  backup.wait_until(down_at, master_.interval);
  if (!asks) backup.probe_at.reset();
}

void Instance::reconfigure(states::Master& master, const InstanceConfig& before,
                           std::uint8_t priority_before, TimePoint now) {
  const bool is_other_list = before.virtual_addresses != config_.virtual_addresses;
  master_.interval = own_interval();
  master.advertise_at = std::min(master.advertise_at, now + own_interval());
  // Another Master of some of these addresses hears now that there are two, and the one with the
  // lower priority gives way.
  const bool has_news = is_other_list || status_.priority != priority_before;
  if (has_news && master.has_advertised && !master.is_late(now, own_interval())) {
    advertise(master, status_.priority, now);
  }
  if (is_other_list || before.extra_addresses != config_.extra_addresses) {
    install(master);
  } else if (before.announcements != config_.announcements && !master.is_installing) {
    master.announcements.start(config_.announcements, now);
  }
}

}  // namespace evenkeel::vrrp
