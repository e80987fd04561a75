// The work on the addresses: a slice of what was asked, and the renewals that are due.
#include <algorithm>

#include "vrrp/held_addresses.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// The length of a slice of work: the longest wait for the writer's thread.
constexpr auto kSlice = 4ms;
/// Addresses that are renewed before a piece of other work, which has as many at most.
constexpr std::size_t kRenewedInARow = 64;

}  // namespace

std::vector<HeldAddresses::Progress> HeldAddresses::work() {
  std::vector<Progress> progress;
  const TimePoint end = Clock::now() + kSlice;
  while (has_work()) {
    // Renewals first; but where there are always some they leave half of the time to others.
    if (!renewals_.empty() && (queue_.empty() || renewed_ < kRenewedInARow)) {
      advance_renewal(progress);
    } else {
      renewed_ = 0;
      const RouterId id = queue_.front();
      queue_.pop_front();
      Holder& holder = holders_.at(id);
      if (!advance(id, holder, progress)) queue_.push_back(id);
    }
    if (Clock::now() >= end) break;
  }
  return progress;
}

void HeldAddresses::advance_renewal(std::vector<Progress>& progress) {
  const auto [id, lot] = renewals_.front();
  renewals_.pop_front();
  const auto found = holders_.find(id);
  if (found == holders_.end()) return;
  Holder& holder = found->second;
  std::optional<AddressTask>& renewal = holder.lease(lot).renewal;
  if (!renewal) return;  // something else was asked meanwhile
  renewed_ += renewal->next_additions().size();
  install_piece(id, holder, *renewal);
  if (!renewal->is_done()) {
    renewals_.emplace_back(id, lot);
    return;
  }
  const AddressTask task = std::move(*renewal);
  renewal.reset();
  note_time(holder, task);
  complain_of(holder, task);
  holder.refused.insert(task.refused().begin(), task.refused().end());
  progress.push_back({.holder = id, .what = task.what, .installed = task.installed()});
}

bool HeldAddresses::advance(RouterId id, Holder& holder, std::vector<Progress>& progress) {
  AddressTask& task = *holder.task;
  if (!task.next_removals().empty()) {
    remove_piece(id, holder);
  } else if (!task.next_additions().empty()) {
    install_piece(id, holder, task);
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
    std::optional<NextHolder> next;
    const bool is_no_others = !is_left_to_another(id, place) && is_ours(place);
    if (is_no_others) next = awaited(id, holder.is_held, place);
    if (next) keep({place, id}, *next);
    if (is_no_others && !next) {
      ours.push_back(place.second);
    } else {
      unremoved_.erase(place);
    }
    forget_written(id, holder, place);
  }
  holder.task->remove_done(piece.size());
  if (ours.empty()) return;
  const auto errors = kernel_.remove(index, ours);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const AddressPlace place(index, ours[i]);
    if (!errors[i]) {
      links_.note_removed(index, ours[i]);
      unremoved_.erase(place);
    } else if (unremoved_.insert(place).second) {
      const std::string whose = id == kNobody ? "" : "instance " + holder.name + ": ";
      complain_(whose + "cannot remove " + to_string(ours[i]) + ": " + errors[i].message());
    }
  }
}

void HeldAddresses::install_piece(RouterId id, Holder& holder, AddressTask& task) {
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
    if (task.is_of_written && !holder.written.contains(place)) continue;
    if (is_anothers(interface, address)) {
      note(id, holder, task, address, {});
    } else {
      asked.push_back(address);
    }
  }
  const std::size_t count = piece.size();
  const TimePoint now = Clock::now();
  if (task.began == TimePoint()) task.began = now;
  const auto lease = task.lease_at(now);
  if (lease && task.begins_virtual_ones())
    begin_lease(holder, Lot::Virtual, task, now + *lease / 3);
  if (lease && task.begins_others()) begin_lease(holder, Lot::Extra, task, now + *lease / 3);
  const auto errors = kernel_.install(task.interface_index, asked, lease);
  for (std::size_t i = 0; i < asked.size(); ++i) note(id, holder, task, asked[i], errors[i]);
  task.add_done(count);
}

/// A task other than a renewal may be replaced before its last piece is written: it only brings the
/// due time forward, because the leases of that piece are as old as before.
void HeldAddresses::begin_lease(Holder& holder, Lot lot, const AddressTask& task, TimePoint due) {
  Lease& lease = holder.lease(lot);
  lease.due = task.is_of_written ? due : std::min(lease.due, due);
}

bool HeldAddresses::is_anothers(const Interface* interface, const InterfaceAddress& address) {
  if (interface == nullptr || kernel_.has_written(interface->index, address)) return false;
  const InstalledAddress* there = interface->addresses.find(address);
  if (there == nullptr) return false;
  if (!kernel_.is_ours(*there)) return true;
  if (there->address == address) kernel_.take_up(*there);
  return false;
}

void HeldAddresses::note(RouterId id, Holder& holder, AddressTask& task,
                         const InterfaceAddress& address, const std::error_code& error) {
  const AddressPlace place(task.interface_index, address);
  if (!error) {
    holder.written.insert(place);
    writers_[place].insert(id);
    if (kernel_.has_written(place.first, address)) links_.note_installed(place.first, address);
    return;
  }
  task.refuse(address, error, holder.written.contains(place));
  // An address that is not there is forgotten, so that it is not reported as lost later.
  const Interface* interface = links_.find(task.interface_index);
  if (interface == nullptr || !interface->has(address)) forget_written(id, holder, place);
}

void HeldAddresses::finish(RouterId id, Holder& holder, std::vector<Progress>& progress) {
  const AddressTask task = std::move(*holder.task);
  holder.task.reset();
  if (id == kNobody) {
    holders_.erase(id);
    progress.push_back({.holder = id, .what = task.what});
    return;
  }
  Progress done{.holder = id,
                .what = task.what,
                .is_whole = true,
                .installed = task.installed(),
                .was_refused = !holder.refused.empty()};
  if (task.what != AddressTask::What::Remove) {
    note_time(holder, task);
    complain_of(holder, task);
    holder.refused = task.refused();
  }
  progress.push_back(done);
  let_go_of_moved(id);
}

void HeldAddresses::complain_of(const Holder& holder, const AddressTask& task) {
  for (const std::string& each : task.complaints(holder.refused)) {
    complain_("instance " + holder.name + ": " + each);
  }
}

void HeldAddresses::note_time(Holder& holder, const AddressTask& task) {
  if (task.additions.size() > task.virtual_ones) holder.took = Clock::now() - task.began;
}

// Addresses that move to another instance.

std::optional<HeldAddresses::NextHolder> HeldAddresses::awaited(RouterId id, bool is_master,
                                                                const AddressPlace& place) const {
  auto next = next_holder_(id, place);
  if (!next) return std::nullopt;
  // The same address on several interfaces is usual (fe80::1), and an instance that gives up
  // Mastership gives its addresses to another node.
  if (next->is_backup && (!is_master || next->interface_index != place.first)) return std::nullopt;
  const auto other = holders_.find(next->id);
  if (other == holders_.end()) return next;
  const bool has_it = other->second.written.contains({next->interface_index, place.second});
  if (has_it || other->second.refused.contains(place.second)) return std::nullopt;
  const auto& task = other->second.task;
  const auto takes = task ? task->lease_at(Clock::now()) : std::nullopt;
  if (next->lease && takes) next->lease = std::max(*next->lease, *takes);
  return next;
}

void HeldAddresses::keep(const Kept& kept, const NextHolder& next) {
  moving_.emplace(next.id, kept);
  const auto& [index, address] = kept.place;
  const Interface* interface = links_.find(index);
  if (!next.lease || interface == nullptr || !interface->has(address)) return;
  if (!kernel_.install(index, address, next.lease)) links_.note_installed(index, address);
}

void HeldAddresses::let_go_of_moved(RouterId next_holder) {
  const auto [first, last] = moving_.equal_range(next_holder);
  std::vector<Kept> all;
  for (auto each = first; each != last; ++each) all.push_back(each->second);
  moving_.erase(first, last);
  let_go(all, true);
}

void HeldAddresses::let_go_of_kept_by(RouterId holder) {
  std::vector<Kept> all;
  for (const auto& [next, kept] : moving_) {
    if (kept.by == holder) all.push_back(kept);
  }
  std::erase_if(moving_, [&](const auto& each) { return each.second.by == holder; });
  let_go(all, false);
}

void HeldAddresses::let_go(const std::vector<Kept>& all, bool is_master) {
  if (all.empty()) return;
  std::vector<AddressPlace> places;
  for (const Kept& kept : all) {
    // An address that waits on is not renewed: its last lease ends.
    if (const auto next = awaited(kNobody, is_master, kept.place)) {
      moving_.emplace(next->id, kept);
    } else {
      places.push_back(kept.place);
    }
  }
  remove_of_nobody(places);
}

bool HeldAddresses::is_left_to_another(RouterId id, const AddressPlace& place) {
  const auto writers = writers_.find(place);
  if (writers == writers_.end()) return false;
  for (const RouterId each : writers->second) {
    Holder& other = holders_.at(each);
    if (each == id || !other.is_held) continue;
    for (Lease& lease : other.leases) lease.due = TimePoint{};
    return true;
  }
  return false;
}

bool HeldAddresses::is_ours(const AddressPlace& place) {
  const auto& [index, address] = place;
  const Interface* interface = links_.find(index);
  const InstalledAddress* there =
      interface == nullptr ? nullptr : interface->addresses.find(address);
  const bool is_there = there != nullptr && there->address == address;
  if (!is_there) return kernel_.has_written(index, address);
  const bool is_marked = kernel_.is_ours(*there);
  if (is_marked) {
    kernel_.take_up(*there);
  } else {
    kernel_.forget(index, address);
  }
  return is_marked;
}

void HeldAddresses::forget_written(RouterId id, Holder& holder, const AddressPlace& place) {
  holder.written.erase(place);
  const auto writers = writers_.find(place);
  if (writers == writers_.end()) return;
  writers->second.erase(id);
  if (writers->second.empty()) writers_.erase(writers);
}

}  // namespace evenkeel::vrrp
