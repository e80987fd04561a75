#include "vrrp/held_addresses.h"

#include <algorithm>

namespace evenkeel::vrrp {
HeldAddresses::HeldAddresses(AddressWriter kernel, LinkMonitor& links, FindNextHolder next_holder,
                             std::function<void(const std::string&)> complain)
    : kernel_(std::move(kernel)),
      links_(links),
      next_holder_(std::move(next_holder)),
      complain_(std::move(complain)) {}

// What is wanted.

void HeldAddresses::install(RouterId holder, const InstanceConfig& config, int interface_index,
                            std::optional<Duration> lease) {
  holders_[holder].is_held = true;
  write(holder, AddressTask::What::Install, config, interface_index, lease);
}

void HeldAddresses::renew(RouterId holder, const InstanceConfig& config, int interface_index,
                          std::optional<Duration> lease) {
  const auto& task = holders_[holder].task;
  if (task && task->what == AddressTask::What::Install) {  // which is still to be answered
    return write(holder, task->what, config, interface_index, lease);
  }
  write(holder, AddressTask::What::Renew, config, interface_index, lease);
}

void HeldAddresses::renew_due(RouterId id, const InstanceConfig& config, const Interface& interface,
                              Duration lease, TimePoint now) {
  Holder& holder = holders_.at(id);
  for (const Lot lot : kLots) {
    Lease& each = holder.lease(lot);
    if (each.renewal || each.due > now) continue;
    each.due = now + lease / 3;
    AddressTask task = renewal(holder, lot, config, interface, lease);
    if (task.additions.empty()) {
      each.due = TimePoint::max();
      continue;
    }
    std::erase_if(task.additions,
                  [&](const InterfaceAddress& address) { return !interface.has(address); });
    if (task.additions.empty()) continue;
    if (lot == Lot::Virtual) task.virtual_ones = task.additions.size();
    each.renewal = std::move(task);
    renewals_.emplace_back(id, lot);
  }
}

/// Also of what is to be removed, and may have to be kept for another.
AddressTask HeldAddresses::renewal(const Holder& holder, Lot lot, const InstanceConfig& config,
                                   const Interface& interface, Duration lease) const {
  AddressTask task;
  task.what = AddressTask::What::Renew;
  task.interface_index = interface.index;
  task.interface = config.interface;
  task.lease = lease;
  task.took_before = holder.took;
  task.is_of_written = true;
  std::vector<InterfaceAddress> virtual_ones = config.virtual_addresses;
  if (lot == Lot::Virtual) {
    for (const InterfaceAddress& each : virtual_ones) {
      if (holder.written.contains({interface.index, each})) task.additions.push_back(each);
    }
    task.virtual_ones = task.additions.size();
    return task;
  }
  std::sort(virtual_ones.begin(), virtual_ones.end());
  for (const auto& [index, address] : holder.written) {
    const bool is_virtual = std::binary_search(virtual_ones.begin(), virtual_ones.end(), address);
    if (index == interface.index && !is_virtual) task.additions.push_back(address);
  }
  return task;
}

void HeldAddresses::end_leases(Holder& holder) {
  holder.leases = {};
}

void HeldAddresses::abandon(RouterId holder, const InstanceConfig& config, int interface_index) {
  holders_[holder].is_held = false;
  end_leases(holders_[holder]);
  write(holder, AddressTask::What::Abandon, config, interface_index, kUnansweredLease);
}

void HeldAddresses::write(RouterId id, AddressTask::What what, const InstanceConfig& config,
                          int interface_index, std::optional<Duration> lease) {
  Holder& holder = holders_[id];
  holder.name = config.name;
  if (!lease) end_leases(holder);
  AddressTask task;
  task.what = what;
  task.interface_index = interface_index;
  task.interface = config.interface;
  task.lease = lease;
  task.took_before = holder.took;
  task.additions = all_addresses(config);
  task.virtual_ones = config.virtual_addresses.size();
  // What the file has lost, or given to another; and what is on an interface that was ours before.
  std::vector<InterfaceAddress> wanted = task.additions;
  std::sort(wanted.begin(), wanted.end());
  for (const AddressPlace& place : holder.written) {
    const bool is_wanted = place.first == interface_index &&
                           std::binary_search(wanted.begin(), wanted.end(), place.second);
    if (!is_wanted) task.removals.push_back(place);
  }
  task.had_some = holder.written.size() > task.removals.size();
  begin(id, holder, std::move(task));
}

void HeldAddresses::remove(RouterId holder, const InstanceConfig& config, int interface_index,
                           const std::function<bool(const InterfaceAddress&)>& is_kept) {
  Holder& held = holders_[holder];
  held.is_held = false;
  end_leases(held);
  held.name = config.name;
  std::set<AddressPlace> places = held.written;
  for (const InterfaceAddress& address : all_addresses(config)) {
    if (is_ours({interface_index, address})) places.emplace(interface_index, address);
  }
  AddressTask task;
  task.what = AddressTask::What::Remove;
  task.interface = config.interface;
  for (const AddressPlace& place : places) {
    if (!is_kept(place.second)) {
      task.removals.push_back(place);
    } else {
      forget_written(holder, held, place);
    }
  }
  held.refused.clear();
  begin(holder, held, std::move(task));
  let_go_of_kept_by(holder);
}

void HeldAddresses::leave_interface(RouterId holder) {
  const auto found = holders_.find(holder);
  if (found == holders_.end()) return;
  found->second.is_held = false;
  end_leases(found->second);
  found->second.refused.clear();
  AddressTask task;
  task.what = AddressTask::What::Remove;
  task.removals.assign(found->second.written.begin(), found->second.written.end());
  begin(holder, found->second, std::move(task));
}

void HeldAddresses::remove_leftovers(const std::vector<InstalledAddress>& leftovers) {
  std::vector<AddressPlace> places;
  for (const InstalledAddress& each : leftovers) {
    kernel_.take_up(each);
    places.emplace_back(each.interface_index, each.address);
  }
  remove_of_nobody(places);
}

void HeldAddresses::remove_again() {
  if (!is_busy(kNobody)) remove_of_nobody({unremoved_.begin(), unremoved_.end()});
}

/// With what is still to be removed of theirs.
void HeldAddresses::remove_of_nobody(const std::vector<AddressPlace>& places) {
  if (places.empty()) return;
  Holder& nobody = holders_[kNobody];
  if (!nobody.task) {
    AddressTask task;
    task.what = AddressTask::What::Remove;
    begin(kNobody, nobody, std::move(task));
  }
  std::vector<AddressPlace>& removals = nobody.task->removals;
  removals.insert(removals.end(), places.begin(), places.end());
}

void HeldAddresses::forget(RouterId holder) {
  const auto found = holders_.find(holder);
  if (found == holders_.end()) return;
  for (const AddressPlace& place : std::set<AddressPlace>(found->second.written)) {
    forget_written(holder, found->second, place);
  }
  std::erase(queue_, holder);
  holders_.erase(found);
  let_go_of_moved(holder);
}

void HeldAddresses::begin(RouterId id, Holder& holder, AddressTask task) {
  const bool was_busy = holder.task.has_value();
  holder.task = std::move(task);
  if (!was_busy) queue_.push_back(id);
}

// What is known.

bool HeldAddresses::is_busy(RouterId holder) const {
  const auto found = holders_.find(holder);
  return found != holders_.end() && found->second.task;
}

bool HeldAddresses::are_held(RouterId holder) const {
  const auto found = holders_.find(holder);
  return found != holders_.end() && found->second.is_held;
}

bool HeldAddresses::has_refused(RouterId holder) const {
  const auto found = holders_.find(holder);
  return found != holders_.end() && found->second.is_held && !found->second.refused.empty();
}

bool HeldAddresses::are_there(RouterId holder, const Interface& interface) const {
  const auto found = holders_.find(holder);
  return found == holders_.end() || std::all_of(found->second.written.begin(),
                                                found->second.written.end(), [&](const auto& each) {
                                                  return each.first != interface.index ||
                                                         interface.has(each.second);
                                                });
}

bool HeldAddresses::have_been_lost(RouterId holder, const Interface& interface) {
  const auto found = holders_.find(holder);
  if (found == holders_.end()) return false;
  bool has_lost = false;
  for (const auto& [index, address] : found->second.written) {
    if (index != interface.index || interface.has(address)) continue;
    kernel_.forget(index, address);
    has_lost = true;
  }
  return has_lost;
}

std::optional<TimePoint> HeldAddresses::next_refresh() const {
  TimePoint first = TimePoint::max();
  for (const auto& [id, holder] : holders_) {
    for (const Lease& lease : holder.leases) {
      if (holder.is_held && !lease.renewal) first = std::min(first, lease.due);
    }
  }
  return first == TimePoint::max() ? std::nullopt : std::optional(first);
}

bool HeldAddresses::is_due(RouterId holder, TimePoint now) const {
  const auto found = holders_.find(holder);
  if (found == holders_.end() || !found->second.is_held) return false;
  const auto& leases = found->second.leases;
  return std::any_of(leases.begin(), leases.end(),
                     [&](const Lease& each) { return !each.renewal && each.due <= now; });
}

void HeldAddresses::postpone(RouterId holder, TimePoint until) {
  const auto found = holders_.find(holder);
  if (found == holders_.end()) return;
  for (Lease& each : found->second.leases) each.due = std::max(each.due, until);
}

}  // namespace evenkeel::vrrp
