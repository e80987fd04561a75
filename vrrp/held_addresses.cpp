#include "vrrp/held_addresses.h"

#include <algorithm>

namespace evenkeel::vrrp {

HeldAddresses::HeldAddresses(AddressWriter kernel, LinkMonitor& links,
                             std::function<void(const std::string&)> complain)
    : kernel_(std::move(kernel)), links_(links), complain_(std::move(complain)) {}

bool HeldAddresses::install(RouterId holder, const InstanceConfig& config, int interface_index,
                            std::optional<Duration> lease, TimePoint now) {
  Holder& held = holders_[holder];
  held.is_held = true;
  return write(held, config, interface_index, lease, now);
}

void HeldAddresses::abandon(RouterId holder, const InstanceConfig& config, int interface_index,
                            TimePoint now) {
  Holder& held = holders_[holder];
  held.is_held = false;
  (void)write(held, config, interface_index, kUnansweredLease, now);
}

bool HeldAddresses::write(Holder& holder, const InstanceConfig& config, int interface_index,
                          std::optional<Duration> lease, TimePoint now) {
  const auto wanted = all_addresses(config);
  std::erase_if(holder.written, [&](const auto& each) {
    if (std::find(wanted.begin(), wanted.end(), each.second) != wanted.end()) return false;
    // The file has lost it, or given it to another.
    if (!is_left_to_another(holder, each.first, each.second)) {
      (void)kernel_.remove(each.first, each.second);
    }
    return true;
  });
  bool is_done = true;
  for (const InterfaceAddress& address : wanted) {
    if (!holder.is_held && is_left_to_another(holder, interface_index, address)) continue;
    const auto error = kernel_.install(interface_index, address, lease);
    holder.written.emplace(interface_index, address);
    if (!error) {
      links_.note_installed(interface_index, address);
      continue;
    }
    is_done = false;
    complain_("instance " + config.name + ": cannot add " + to_string(address) + " to " +
              config.interface + ": " + error.message());
  }
  if (lease) holder.refresh_at = now + *lease / 3;
  return is_done;
}

void HeldAddresses::remove(RouterId holder, const InstanceConfig& config, int interface_index,
                           const std::set<InterfaceAddress>& kept) {
  Holder& held = holders_[holder];
  held.is_held = false;
  for (const InterfaceAddress& address : all_addresses(config)) {
    held.written.emplace(interface_index, address);
  }
  for (const auto& [index, address] : held.written) {
    if (kept.contains(address) || is_left_to_another(held, index, address)) continue;
    const auto error = kernel_.remove(index, address);
    if (!error || error == std::errc::no_such_device) continue;
    complain_("instance " + config.name + ": cannot remove " + to_string(address) + ": " +
              error.message());
  }
  held.written.clear();
}

bool HeldAddresses::is_left_to_another(const Holder& holder, int interface_index,
                                       const InterfaceAddress& address) {
  const auto other = std::find_if(holders_.begin(), holders_.end(), [&](const auto& each) {
    return &each.second != &holder && each.second.is_held &&
           each.second.written.contains({interface_index, address});
  });
  if (other == holders_.end()) return false;
  other->second.refresh_at = TimePoint{};
  return true;
}

void HeldAddresses::leave_interface(RouterId holder) {
  for (const auto& [index, address] : std::exchange(holders_[holder].written, {})) {
    (void)kernel_.remove(index, address);
  }
}

bool HeldAddresses::are_held(RouterId holder) const {
  const auto found = holders_.find(holder);
  return found != holders_.end() && found->second.is_held;
}

bool HeldAddresses::have_been_lost(RouterId holder, const Interface& interface) {
  bool has_lost = false;
  for (const auto& [index, address] : holders_[holder].written) {
    if (index != interface.index || interface.has(address)) continue;
    kernel_.forget(index, address);
    has_lost = true;
  }
  return has_lost;
}

std::optional<TimePoint> HeldAddresses::next_refresh() const {
  std::optional<TimePoint> first;
  for (const auto& [id, holder] : holders_) {
    if (holder.is_held && (!first || holder.refresh_at < *first)) first = holder.refresh_at;
  }
  return first;
}

bool HeldAddresses::is_due(RouterId holder, TimePoint now) const {
  const auto found = holders_.find(holder);
  return found != holders_.end() && found->second.is_held && found->second.refresh_at <= now;
}

void HeldAddresses::postpone(RouterId holder, TimePoint until) {
  holders_[holder].refresh_at = until;
}

}  // namespace evenkeel::vrrp
