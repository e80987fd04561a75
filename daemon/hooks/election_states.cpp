#include "daemon/hooks/election_states.h"

#include <algorithm>

#include "daemon/config/hook_addresses.h"

namespace evenkeel::daemon {
namespace {

using vrrp::Reason;
using vrrp::State;

static_assert(kMaxHookAddresses <= kMaxValue);

/// "" where it is too long to be told.
std::string text_of(const std::vector<vrrp::InterfaceAddress>& addresses) {
  std::string text = hook_addresses(addresses);
  return text.size() <= kMaxHookAddresses ? text : "";
}

std::string state_text(HookKey key) {
  switch (key) {
    case HookKey::OnMaster:
      return std::string(to_string(State::Master));
    case HookKey::OnBackup:
      return std::string(to_string(State::Backup));
    case HookKey::OnFault:
    case HookKey::OnStop:
    case HookKey::OnUp:
    case HookKey::OnDown:
    case HookKey::OnQuorum:
    case HookKey::OnQuorumLost:
    case HookKey::OnChange:
    case HookKey::WhileMaster:
      break;
  }
  return std::string(to_string(State::Initialize));
}

/// The member has the state of another one of its group.
bool is_of_the_group(Reason reason) {
  return reason == Reason::GroupMemberDown || reason == Reason::GroupMemberLeft;
}

/// The part that an owner of either kind has.
HookEvent event_in(HookKey key, const std::string& reason, Variable who, const std::string& name) {
  return {.key = key, .state = state_text(key), .reason = reason, .settings = {{who, name}}};
}

void add_addresses(HookEvent& event, const std::string& addresses) {
  if (!addresses.empty()) event.settings.push_back({Variable::Addresses, addresses});
}

}  // namespace

std::optional<HookKey> hook_key_of(const vrrp::InstanceStatus& status) {
  switch (status.state) {
    case State::Master:
      return HookKey::OnMaster;
    case State::Backup:
      return HookKey::OnBackup;
    case State::Initialize:
      break;
  }
  const bool is_fault = status.reason != Reason::NotStarted && status.reason != Reason::Stopped &&
                        status.reason != Reason::LeftUnanswered;
  return is_fault ? std::optional(HookKey::OnFault) : std::nullopt;
}

bool ElectionStates::Told::is_as(const Told& other) const {
  return key == other.key && became_master == other.became_master &&
         left_master == other.left_master;
}

void ElectionStates::configure(const vrrp::Config& config) {
  std::map<std::string, Instance> before = std::exchange(instances_, {});
  std::map<std::string, std::vector<vrrp::InterfaceAddress>> addresses;
  for (const vrrp::InstanceConfig& each : config.instances) {
    Instance& instance = instances_[each.name];
    const auto known = before.find(each.name);
    if (known != before.end() && known->second.key == each.key()) {
      instance = std::move(known->second);
    }
    instance.key = each.key();
    auto& own = addresses[each.name] = vrrp::all_addresses(each);
    instance.addresses = text_of(own);
    instance.group.clear();
  }
  std::map<std::string, Group> groups_before = std::exchange(groups_, {});
  for (const vrrp::SyncGroupConfig& each : config.sync_groups) {
    Group& group = groups_[each.name];
    const auto known = groups_before.find(each.name);
    if (known != groups_before.end()) group = std::move(known->second);
    group.members = each.instances;
    std::vector<vrrp::InterfaceAddress> all;
    for (const std::string& member : each.instances) {
      instances_.at(member).group = each.name;
      const auto& own = addresses.at(member);
      all.insert(all.end(), own.begin(), own.end());
    }
    group.addresses = text_of(all);
  }
}

std::vector<ToldEvent> ElectionStates::report(const vrrp::InstanceStatus& status) {
  const auto found = instances_.find(status.name);
  if (found == instances_.end() || has_stopped_) return {};
  Instance& instance = found->second;
  instance.status = status;
  std::vector<ToldEvent> events;
  if (const auto key = hook_key_of(status)) {
    const Told state{.key = *key,
                     .reason = std::string(name(status.reason)),
                     .became_master = status.counters.became_master,
                     .left_master = status.counters.left_master};
    const bool is_new = !instance.told || instance.is_due || !instance.told->is_as(state);
    if (is_new) {
      events.push_back(event_of(found->first, instance, state));
      instance.told = state;
      instance.is_due = false;
    }
  }
  const auto in = groups_.find(instance.group);
  if (in == groups_.end()) return events;
  Group& group = in->second;
  const auto state = state_of(group, status);
  if (state && (!group.told || group.is_due || !group.told->is_as(*state))) {
    events.push_back(event_of(in->first, group, *state));
    group.told = state;
    group.is_due = false;
  }
  return events;
}

/// A group is in a fault while a member is. Else its state is the one that all members are in;
/// nothing: they are in several, or one has not reported.
std::optional<ElectionStates::Told> ElectionStates::state_of(
    const Group& group, const vrrp::InstanceStatus& reported) const {
  std::optional<HookKey> common;
  std::optional<Reason> reason;
  bool is_mixed = false;
  Told state;
  for (const std::string& member : group.members) {
    const auto& status = instances_.at(member).status;
    const auto key = status ? hook_key_of(*status) : std::nullopt;
    const bool is_worst = key == HookKey::OnFault && common != HookKey::OnFault;
    is_mixed = is_mixed || !key || (common && *common != *key);
    if (!key) continue;
    if (is_worst) reason.reset();
    if (!common || is_worst) common = key;
    if (key != common) continue;
    if (!reason || is_of_the_group(*reason)) reason = status->reason;
    // The lowest count of the members: a change of the group is told with its last report.
    const auto& counters = status->counters;
    const bool is_first = member == group.members.front();
    state.became_master =
        is_first ? counters.became_master : std::min(state.became_master, counters.became_master);
    state.left_master =
        is_first ? counters.left_master : std::min(state.left_master, counters.left_master);
  }
  if (!common || (is_mixed && common != HookKey::OnFault)) return std::nullopt;
  state.key = *common;
  const bool can_tell = hook_key_of(reported) == common && !is_of_the_group(reported.reason);
  state.reason = std::string(name(can_tell ? reported.reason : *reason));
  // In a fault the members are not in step: it is told once.
  if (*common == HookKey::OnFault) state.became_master = state.left_master = 0;
  return state;
}

void ElectionStates::vrrp_died() {
  for (auto& [name, instance] : instances_) {
    instance.status.reset();
    instance.is_due = true;
  }
  for (auto& [name, group] : groups_) group.is_due = true;
}

std::vector<ToldEvent> ElectionStates::again(const std::string& reason) const {
  std::vector<ToldEvent> events;
  const auto add = [&](const auto& owners) {
    for (const auto& [name, owner] : owners) {
      if (!owner.told || owner.is_due || !is_in(owner, owner.told->key)) continue;
      ToldEvent told = event_of(name, owner, *owner.told);
      told.event.reason = reason;
      told.event.is_again = true;
      events.push_back(std::move(told));
    }
  };
  add(instances_);
  add(groups_);
  return events;
}

bool ElectionStates::is_in(const Instance& instance, HookKey key) const {
  return instance.status && hook_key_of(*instance.status) == key;
}

bool ElectionStates::is_in(const Group& group, HookKey key) const {
  const auto is_so = [&](const std::string& member) { return is_in(instances_.at(member), key); };
  const auto& members = group.members;
  return key == HookKey::OnFault ? std::any_of(members.begin(), members.end(), is_so)
                                 : std::all_of(members.begin(), members.end(), is_so);
}

std::vector<ToldEvent> ElectionStates::stopped() {
  has_stopped_ = true;
  std::vector<ToldEvent> events;
  const Told state{.key = HookKey::OnStop, .reason = std::string(name(Reason::Stopped))};
  for (const auto& [name, instance] : instances_) {
    events.push_back(event_of(name, instance, state));
  }
  for (const auto& [name, group] : groups_) events.push_back(event_of(name, group, state));
  return events;
}

ToldEvent ElectionStates::event_of(const std::string& name, const Instance& instance,
                                   const Told& state) {
  HookEvent event = event_in(state.key, state.reason, Variable::Instance, name);
  if (!instance.group.empty()) event.settings.push_back({Variable::Group, instance.group});
  if (instance.status) {
    event.settings.push_back({Variable::Priority, std::to_string(instance.status->priority)});
  }
  add_addresses(event, instance.addresses);
  return {.owner = instance_owner(name), .event = std::move(event)};
}

ToldEvent ElectionStates::event_of(const std::string& name, const Group& group, const Told& state) {
  HookEvent event = event_in(state.key, state.reason, Variable::Group, name);
  add_addresses(event, group.addresses);
  return {.owner = group_owner(name), .event = std::move(event)};
}

}  // namespace evenkeel::daemon
