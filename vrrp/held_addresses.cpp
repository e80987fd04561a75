#include "vrrp/held_addresses.h"

#include <algorithm>
#include <thread>

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRequestsAtATime = 256;
constexpr auto kPause = 100us;

}  // namespace

HeldAddresses::HeldAddresses(AddressWriter kernel, LinkMonitor& links,
                             std::function<void(const std::string&)> complain)
    : kernel_(std::move(kernel)), links_(links), complain_(std::move(complain)) {}

Installed HeldAddresses::install(RouterId holder, const InstanceConfig& config, int interface_index,
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

Installed HeldAddresses::write(Holder& holder, const InstanceConfig& config, int interface_index,
                               std::optional<Duration> lease, TimePoint now) {
  const auto all = all_addresses(config);
  const std::set<InterfaceAddress> wanted(all.begin(), all.end());
  std::erase_if(holder.written, [&](const auto& each) {
    if (wanted.contains(each.second)) return false;
    // The file has lost it, or given it to another.
    if (!is_left_to_another(holder, each.first, each.second)) {
      (void)kernel_.remove(each.first, each.second);
    }
    return true;
  });
  const bool has_some = !holder.written.empty();
  bool has_lost = false;
  std::set<InterfaceAddress> refused;
  std::size_t requests = 0;
  for (const InterfaceAddress& address : all) {
    if (!holder.is_held && is_left_to_another(holder, interface_index, address)) continue;
    // This thread has real-time priority: others get their turn, and RLIMIT_RTTIME begins anew.
    if (++requests % kRequestsAtATime == 0) std::this_thread::sleep_for(kPause);
    const auto error = kernel_.install(interface_index, address, lease);
    if (!error) {
      holder.written.emplace(interface_index, address);
      if (kernel_.has_written(interface_index, address)) {
        links_.note_installed(interface_index, address);
      }
      continue;
    }
    has_lost = has_lost || holder.written.contains({interface_index, address});
    // What is still there is missed when it goes; what is not is not missed again.
    const Interface* interface = links_.find(config.interface);
    if (interface == nullptr || !interface->has(address)) {
      holder.written.erase({interface_index, address});
    }
    refused.insert(address);
    if (holder.refused.contains(address)) continue;
    complain_("instance " + config.name + ": cannot add " + to_string(address) + " to " +
              config.interface + ": " + error.message());
  }
  holder.refused = std::move(refused);
  if (lease) holder.refresh_at = now + *lease / 3;
  if (holder.refused.empty()) return Installed::All;
  if (has_some && !has_lost) return Installed::AllButNew;
  const auto& virtual_ones = config.virtual_addresses;
  const bool is_any_there =
      std::any_of(virtual_ones.begin(), virtual_ones.end(),
                  [&](const InterfaceAddress& each) { return !holder.refused.contains(each); });
  return is_any_there ? Installed::Some : Installed::None;
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
  held.refused.clear();
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
  holders_[holder].refused.clear();
  for (const auto& [index, address] : std::exchange(holders_[holder].written, {})) {
    (void)kernel_.remove(index, address);
  }
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
