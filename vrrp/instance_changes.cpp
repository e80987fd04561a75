// What the writer, the kernel, the operator and main tell a virtual router.
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
  is_installing_ = false;
  const bool is_first_answer = !std::exchange(has_been_answered_, true);
  if (status_.state != State::Master || is_leaving()) return;
  if (event.installed == Installed::All) has_been_refused_ = false;
  // A peer that was heard may be better off. If it does not take over, or the Master was silent, or
  // has let go by itself, some are better than none; and nobody gives up what he has for what a
  // reload has added. The Master that we preempt had all, and takes over again.
  const bool has_taken_away = is_first_answer && status_.reason == Reason::Preempting;
  const bool is_alone = has_been_refused_ || (has_advertised_ && !has_taken_away) ||
                        status_.reason == Reason::MasterDownTimerExpired;
  const bool is_bearable = event.installed == Installed::All ||
                           event.installed == Installed::AllButNew ||
                           (event.installed == Installed::Some && is_alone);
  if (!is_bearable) {
    has_been_refused_ = true;
    if (has_advertised_) advertise(0, now);
    act(RemoveAddresses{});
    return give_up(Reason::AddressesRefused, kRefusedFor, now);
  }
  if (has_lost_some_) return install();
  if (!has_advertised_ && is_grouped_) return;  // until MembersInstalled
  speak(now);
}

/// Whoever waits for the advertised ones need not wait for thousands of others.
void Instance::on(const VirtualAddressesInstalled&, TimePoint now) {
  if (status_.state != State::Master || is_leaving() || !is_installing_) return;
  if (has_advertised_ || !is_grouped_) speak(now);
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
  if (status_.state != State::Backup || !has_probed_) return;
  is_answered_ = true;
  if (!std::exchange(status_.is_claimed, true)) act(Report{});
}

// The world, the operator and the daemon.

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

void Instance::on(const SendRefused& event, TimePoint now) {
  ++status_.counters.sends_refused;
  was_refused_ = true;
  is_too_long_ = event.is_too_long;
  if (status_.state != State::Master || is_leaving()) return;
  if (!refused_since_) {
    refused_since_ = now;
    act(Report{});
    return;
  }
  // The peers have taken over by now: two owners are worse than one. Who may only be alone waits
  // until somebody is heard (heard_as_master()).
  if ((event.by_firewall || event.is_too_long) && is_mute(now)) yield_unheard(now);
}

/// Without a final advertisement: the kernel would not send it.
void Instance::yield_unheard(TimePoint now) {
  act(RemoveAddresses{});
  give_up(is_too_long_ ? Reason::AdvertisementTooLong : Reason::SendRefused, kRefusedFor, now);
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
  has_been_refused_ = false;
  if (before.foreign_address_list != config_.foreign_address_list) {
    other_lists_.clear();
    peers_ = {};  // strangers that were accepted are none
  } else if (all_addresses(before) != all_addresses(config_)) {
    other_lists_.clear();
  }
  switch (status_.state) {
    case State::Initialize:
      if (retry_at_) begin(now);
      break;
    case State::Backup:
      reconfigure_backup(before, down_before, now);
      break;
    case State::Master:
      if (!is_leaving()) reconfigure_master(before, now);
      break;
  }
  act(Report{});
}

void Instance::reconfigure_backup(const InstanceConfig& before, Duration down_before,
                                  TimePoint now) {
  // What a Master of version 3 advertises is its own: ours counts as long as none is known.
  if (config_.version == Version::V2 || !status_.master) master_interval_ = own_interval();
  if (preempt_at_) *preempt_at_ += config_.preempt_delay - before.preempt_delay;
  const bool is_other_list = before.virtual_addresses != config_.virtual_addresses;
  const bool asks = is_other_list || probe_at_;
  if (is_other_list) {
    // What was asked and answered was about others; and the Master of these addresses may be
    // somebody whom we have not heeded so far.
    forget_claims();
    takeover_reason_ = Reason::MasterDownTimerExpired;
    has_listened_again_ = false;
    wants_master_ = false;
  } else if (down_interval() == down_before || takeover_reason_ == Reason::MasterReleased) {
    return;
  }
  // Never sooner than a new Master_Down_Interval: it may be us who are ahead of the Master.
  down_at_ = now + down_interval();
  if (config_.unicast && is_newcomer()) {
    down_at_ = std::max(*down_at_, status_.since + kFoundByNeighbours);
  }
  if (asks) probe_at_ = *down_at_ - std::min<Duration>(master_interval_, 1s);
}

void Instance::reconfigure_master(const InstanceConfig& before, TimePoint now) {
  const bool is_other_list = before.virtual_addresses != config_.virtual_addresses;
  master_interval_ = own_interval();
  if (advertise_at_) advertise_at_ = std::min(*advertise_at_, now + own_interval());
  // Another Master of some of these addresses hears now that there are two, and the one with the
  // lower priority gives way.
  if (is_other_list && has_advertised_ && !is_late(now)) advertise(status_.priority, now);
  if (is_other_list || before.extra_addresses != config_.extra_addresses) {
    install();
  } else if (before.announcements != config_.announcements && !is_installing_) {
    announcements_.start(config_.announcements, now);
  }
}

}  // namespace evenkeel::vrrp
