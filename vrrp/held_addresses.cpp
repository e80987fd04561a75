#include "vrrp/held_addresses.h"

#include <algorithm>
#include <iterator>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Of work at a time: nobody who waits for the writer's thread waits longer for it.
constexpr auto kSlice = 4ms;

}  // namespace

HeldAddresses::HeldAddresses(AddressWriter kernel, LinkMonitor& links, FindNextHolder next_holder,
                             std::function<void(const std::string&)> complain)
    : kernel_(std::move(kernel)),
      links_(links),
      next_holder_(std::move(next_holder)),
      complain_(std::move(complain)) {}

// What is wanted.

void HeldAddresses::install(RouterId holder, const InstanceConfig& config, int interface_index,
                            std::optional<Duration> lease, TimePoint now) {
  holders_[holder].is_held = true;
  write(holder, AddressTask::What::Install, config, interface_index, lease, now);
}

void HeldAddresses::renew(RouterId holder, const InstanceConfig& config, int interface_index,
                          std::optional<Duration> lease, TimePoint now) {
  const auto& task = holders_[holder].task;
  if (task && task->what == AddressTask::What::Install) {  // which is still to be answered
    return write(holder, task->what, config, interface_index, lease, now);
  }
  write(holder, AddressTask::What::Renew, config, interface_index, lease, now);
}

void HeldAddresses::abandon(RouterId holder, const InstanceConfig& config, int interface_index,
                            TimePoint now) {
  holders_[holder].is_held = false;
  write(holder, AddressTask::What::Abandon, config, interface_index, kUnansweredLease, now);
}

void HeldAddresses::write(RouterId id, AddressTask::What what, const InstanceConfig& config,
                          int interface_index, std::optional<Duration> lease, TimePoint now) {
  Holder& holder = holders_[id];
  holder.name = config.name;
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
  if (lease) holder.refresh_at = now + *lease / 3;
  begin(id, holder, std::move(task));
}

void HeldAddresses::remove(RouterId holder, const InstanceConfig& config, int interface_index,
                           const std::function<bool(const InterfaceAddress&)>& is_kept) {
  Holder& held = holders_[holder];
  held.is_held = false;
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
}

void HeldAddresses::leave_interface(RouterId holder) {
  const auto found = holders_.find(holder);
  if (found == holders_.end()) return;
  found->second.is_held = false;
  found->second.refused.clear();
  AddressTask task;
  task.what = AddressTask::What::Remove;
  task.removals.assign(found->second.written.begin(), found->second.written.end());
  begin(holder, found->second, std::move(task));
}

void HeldAddresses::remove_leftovers(const std::vector<InstalledAddress>& leftovers) {
  AddressTask task;
  task.what = AddressTask::What::Remove;
  for (const InstalledAddress& each : leftovers) {
    kernel_.take_up(each);
    task.removals.emplace_back(each.interface_index, each.address);
  }
  begin(kNobody, holders_[kNobody], std::move(task));
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

// The work.

void HeldAddresses::begin(RouterId id, Holder& holder, AddressTask task) {
  const bool was_busy = holder.task.has_value();
  holder.task = std::move(task);
  if (!was_busy) queue_.push_back(id);
}

std::vector<HeldAddresses::Progress> HeldAddresses::work() {
  std::vector<Progress> progress;
  const TimePoint end = Clock::now() + kSlice;
  while (!queue_.empty()) {
    const RouterId id = queue_.front();
    queue_.pop_front();
    Holder& holder = holders_.at(id);
    if (!advance(id, holder, progress)) queue_.push_back(id);
    if (Clock::now() >= end) break;
  }
  return progress;
}

bool HeldAddresses::advance(RouterId id, Holder& holder, std::vector<Progress>& progress) {
  AddressTask& task = *holder.task;
  if (!task.next_removals().empty()) {
    remove_piece(id, holder);
  } else if (!task.next_additions().empty()) {
    install_piece(id, holder);
  }
  if (!task.is_done()) {
    if (task.take_half_time()) {
      progress.push_back({.holder = id, .what = task.what, .is_whole = false});
    }
    return false;
  }
  finish(id, holder, progress);
  return true;
}

void HeldAddresses::remove_piece(RouterId id, Holder& holder) {
  const auto piece = holder.task->next_removals();
  const int index = piece.front().first;
  std::vector<InterfaceAddress> ours;
  for (const AddressPlace& place : piece) {
    const bool stays = is_left_to_another(id, place) || is_moving(id, place);
    if (!stays && is_ours(place)) ours.push_back(place.second);
    forget_written(id, holder, place);
  }
  holder.task->remove_done(piece.size());
  if (ours.empty()) return;
  const auto errors = kernel_.remove(index, ours);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (!errors[i]) {
      links_.note_removed(index, ours[i]);
    } else if (errors[i] != std::errc::no_such_device) {
      complain_("instance " + holder.name + ": cannot remove " + to_string(ours[i]) + ": " +
                errors[i].message());
    }
  }
}

void HeldAddresses::install_piece(RouterId id, Holder& holder) {
  AddressTask& task = *holder.task;
  const auto piece = task.next_additions();
  const Interface* interface = links_.find(task.interface_index);
  std::vector<InterfaceAddress> asked;
  for (const InterfaceAddress& address : piece) {
    const AddressPlace place(task.interface_index, address);
    if (!holder.is_held && is_left_to_another(id, place)) continue;
    if (!holder.is_held && (interface == nullptr || !interface->has(address))) continue;
    const bool is_known_as_anothers =
        holder.written.contains(place) && !kernel_.has_written(task.interface_index, address);
    if (task.what == AddressTask::What::Renew && is_known_as_anothers) continue;
    if (is_anothers(interface, address)) {
      note(id, holder, address, {});
    } else {
      asked.push_back(address);
    }
  }
  const std::size_t count = piece.size();
  const TimePoint now = Clock::now();
  if (task.began == TimePoint()) task.began = now;
  const auto lease = task.lease_at(now);
  task.note_lease(lease);
  const auto errors = kernel_.install(task.interface_index, asked, lease);
  for (std::size_t i = 0; i < asked.size(); ++i) note(id, holder, asked[i], errors[i]);
  task.add_done(count);
}

bool HeldAddresses::is_anothers(const Interface* interface, const InterfaceAddress& address) {
  if (interface == nullptr || kernel_.has_written(interface->index, address)) return false;
  const InstalledAddress* there = interface->addresses.find(address);
  if (there == nullptr) return false;
  if (!kernel_.is_ours(*there)) return true;
  if (there->address == address) kernel_.take_up(*there);
  return false;
}

void HeldAddresses::note(RouterId id, Holder& holder, const InterfaceAddress& address,
                         const std::error_code& error) {
  AddressTask& task = *holder.task;
  const AddressPlace place(task.interface_index, address);
  if (!error) {
    holder.written.insert(place);
    writers_[place].insert(id);
    if (kernel_.has_written(place.first, address)) links_.note_installed(place.first, address);
    return;
  }
  task.refuse(address, error, holder.written.contains(place));
  // What is still there is missed when it goes; what is not is not missed again.
  const Interface* interface = links_.find(task.interface_index);
  if (interface == nullptr || !interface->has(address)) forget_written(id, holder, place);
}

void HeldAddresses::finish(RouterId id, Holder& holder, std::vector<Progress>& progress) {
  const AddressTask task = std::move(*holder.task);
  holder.task.reset();
  if (id == kNobody) {
    holders_.erase(id);
    return;
  }
  Progress done{.holder = id,
                .what = task.what,
                .is_whole = true,
                .installed = task.installed(),
                .was_refused = !holder.refused.empty()};
  if (task.what != AddressTask::What::Remove) {
    note_time(holder, task);
    for (const std::string& each : task.complaints(holder.refused)) {
      complain_("instance " + holder.name + ": " + each);
    }
    holder.refused = task.refused();
  }
  progress.push_back(done);
  let_go_of_moved(id);
}

void HeldAddresses::note_time(Holder& holder, const AddressTask& task) {
  holder.took = Clock::now() - task.began;
  const auto& lease = task.shortest_lease();
  if (!lease || holder.refresh_at == TimePoint()) return;  // at once: is_left_to_another()
  holder.refresh_at = std::max(holder.refresh_at, task.began + *lease / 3);
}

bool HeldAddresses::is_moving(RouterId id, const AddressPlace& place) {
  const auto next = next_holder_(id, place.second);
  if (!next) return false;
  const Holder& other = holders_.at(next->id);
  const bool is_awaited = !other.written.contains({next->interface_index, place.second}) &&
                          !other.refused.contains(place.second);
  if (is_awaited && is_ours(place)) moving_.emplace(next->id, place);
  return is_awaited;
}

void HeldAddresses::let_go_of_moved(RouterId id) {
  const auto [first, last] = moving_.equal_range(id);
  if (first == last) return;
  std::vector<AddressPlace> places;
  for (auto each = first; each != last; ++each) places.push_back(each->second);
  moving_.erase(first, last);
  // Whatever is still awaited is put aside again.
  auto& task = holders_[kNobody].task;
  AddressTask next;
  next.what = AddressTask::What::Remove;
  if (task) next.removals.assign(task->removals_left().begin(), task->removals_left().end());
  next.removals.insert(next.removals.end(), places.begin(), places.end());
  begin(kNobody, holders_[kNobody], std::move(next));
}

bool HeldAddresses::is_left_to_another(RouterId id, const AddressPlace& place) {
  const auto writers = writers_.find(place);
  if (writers == writers_.end()) return false;
  for (const RouterId each : writers->second) {
    Holder& other = holders_.at(each);
    if (each == id || !other.is_held) continue;
    other.refresh_at = TimePoint{};
    return true;
  }
  return false;
}

bool HeldAddresses::is_ours(const AddressPlace& place) {
  if (kernel_.has_written(place.first, place.second)) return true;
  const Interface* interface = links_.find(place.first);
  const InstalledAddress* there =
      interface == nullptr ? nullptr : interface->addresses.find(place.second);
  if (there == nullptr || there->address != place.second || !kernel_.is_ours(*there)) return false;
  kernel_.take_up(*there);
  return true;
}

void HeldAddresses::forget_written(RouterId id, Holder& holder, const AddressPlace& place) {
  holder.written.erase(place);
  const auto writers = writers_.find(place);
  if (writers == writers_.end()) return;
  writers->second.erase(id);
  if (writers->second.empty()) writers_.erase(writers);
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
  std::optional<TimePoint> first;
  for (const auto& [id, holder] : holders_) {
    if (!holder.is_held || holder.task) continue;
    if (!first || holder.refresh_at < *first) first = holder.refresh_at;
  }
  return first;
}

bool HeldAddresses::is_due(RouterId holder, TimePoint now) const {
  const auto found = holders_.find(holder);
  return found != holders_.end() && found->second.is_held && !found->second.task &&
         found->second.refresh_at <= now;
}

void HeldAddresses::postpone(RouterId holder, TimePoint until) {
  const auto found = holders_.find(holder);
  if (found != holders_.end()) found->second.refresh_at = until;
}

}  // namespace evenkeel::vrrp
