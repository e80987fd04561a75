#include "vrrp/link_monitor.h"

#include <algorithm>
#include <utility>

namespace evenkeel::vrrp {

namespace {

constexpr int kBatch = 10'000;  // datagrams a call: a flood of them must not hold us for ever

/// What the kernel says of it, but for its addresses.
LinkMessage& link_of(Interface& interface) {
  return interface;
}

}  // namespace

std::optional<Address> Interface::source_address(Family family,
                                                 std::span<const Address> not_these) const {
  std::optional<Address> second_best;
  for (const auto& [order, each] : addresses.unmarked()) {
    const Address& address = each.address.address;
    if (family_of(address) != family) continue;
    if (std::binary_search(not_these.begin(), not_these.end(), address)) continue;
    if (family == Family::IPv6) {
      if (address.to_v6().is_link_local() && !each.is_tentative) return address;
    } else if (!each.is_secondary) {
      return address;
    } else if (!second_best) {
      second_best = address;
    }
  }
  return second_best;
}

std::error_code LinkMonitor::receive() {
  if (take_notifications()) is_behind_ = true;
  std::error_code error;
  if (is_behind_) error = read_all();
  is_behind_ = static_cast<bool>(error);
  tell();
  return error;
}

std::error_code LinkMonitor::take_notifications() {
  for (int i = 0; i < kBatch; ++i) {
    const auto error = notifications_.receive([this](const nlmsghdr& message) { apply(message); });
    if (error == std::errc::resource_unavailable_try_again) return {};
    if (error) return error;
  }
  return {};
}

void LinkMonitor::apply(const nlmsghdr& message) {
  if (message.nlmsg_type == RTM_NEWLINK) {
    if (const auto link = decode_link(message)) apply(*link);
    return;
  }
  if (message.nlmsg_type == RTM_DELLINK) {
    const auto link = decode_link(message);
    const auto there = link ? interfaces_.find(link->index) : interfaces_.end();
    if (there == interfaces_.end()) return;
    note_change(there->second);
    forget_names(there->second);
    interfaces_.erase(there);
    return;
  }
  if (message.nlmsg_type != RTM_NEWADDR && message.nlmsg_type != RTM_DELADDR) return;
  const auto decoded = decode_address(message);
  const auto there =
      decoded ? interfaces_.find(decoded->address.interface_index) : interfaces_.end();
  if (there == interfaces_.end()) return;
  Interface& interface = there->second;
  if (message.nlmsg_type == RTM_NEWADDR) {
    if (interface.addresses.put(decoded->address)) note_change(interface);
  } else if (interface.addresses.erase(decoded->address.address)) {
    note_change(interface, true);
  }
}

void LinkMonitor::apply(const LinkMessage& link) {
  Interface& interface = interface_of(interfaces_, link.index);
  if (link_of(interface) == link) return;
  if (!interface.name.empty()) {
    note_change(interface);
    forget_names(interface);
  }
  link_of(interface) = link;
  note_change(interface);
  learn_names(interface);
}

void LinkMonitor::learn_names(const Interface& interface) {
  indexes_[interface.name] = interface.index;
  for (const std::string& each : interface.alternative_names) indexes_[each] = interface.index;
}

/// Another may have taken one already.
void LinkMonitor::forget_names(const Interface& interface) {
  const auto forget = [&](const std::string& name) {
    const auto named = indexes_.find(name);
    if (named != indexes_.end() && named->second == interface.index) indexes_.erase(named);
  };
  forget(interface.name);
  for (const std::string& each : interface.alternative_names) forget(each);
}

void LinkMonitor::note_change(const Interface& interface, bool has_lost) {
  changed_[interface.name] |= has_lost;
  for (const std::string& each : interface.alternative_names) changed_[each] |= has_lost;
}

/// A new one, unless we have known it.
Interface& LinkMonitor::interface_of(Interfaces& interfaces, int index) {
  const auto [there, is_new] = interfaces.try_emplace(index);
  if (is_new) {
    const auto known = interfaces_.find(index);
    const bool is_known = &interfaces != &interfaces_ && known != interfaces_.end();
    there->second.incarnation = is_known ? known->second.incarnation : next_incarnation_++;
  }
  return there->second;
}

std::error_code LinkMonitor::read_all() {
  // Those queued while we read stay: doing again what the answer shows already changes nothing,
  // and the last of them is the latest state.
  for (int i = 0; i < kBatch; ++i) {
    const auto error = notifications_.receive([](const nlmsghdr& /*lost among others*/) {});
    if (error == std::errc::resource_unavailable_try_again) break;
  }
  const auto links = read_links(questions_);
  if (!links) return links.error();
  const auto addresses = read_addresses(questions_);
  if (!addresses) return addresses.error();

  Interfaces now;
  for (const LinkMessage& link : *links) link_of(interface_of(now, link.index)) = link;
  for (const AddressMessage& message : *addresses) {
    const auto there = now.find(message.address.interface_index);
    if (there != now.end()) (void)there->second.addresses.put(message.address);
  }
  indexes_.clear();
  for (const auto& [index, interface] : now) {
    learn_names(interface);
    const auto before = interfaces_.find(index);
    if (before != interfaces_.end() && before->second == interface) continue;
    note_change(interface, true);  // some may have gone
  }
  for (const auto& [index, interface] : interfaces_) {
    const auto after = now.find(index);
    const bool has_its_names = after != now.end() && after->second.name == interface.name &&
                               after->second.alternative_names == interface.alternative_names;
    if (!has_its_names) note_change(interface);
  }
  interfaces_ = std::move(now);
  return {};
}

void LinkMonitor::tell() {
  const auto changed = std::exchange(changed_, {});
  if (!handlers_.on_change) return;
  for (const auto& [name, has_lost] : changed) handlers_.on_change(name, has_lost);
}

void LinkMonitor::note_installed(int interface_index, const InterfaceAddress& address) {
  const auto there = interfaces_.find(interface_index);
  if (there == interfaces_.end()) return;
  AddressTable& addresses = there->second.addresses;
  addresses.erase_other_prefixes(address);
  if (addresses.find(address) != nullptr) return;
  (void)addresses.put({.interface_index = interface_index, .address = address, .is_ours = true});
}

void LinkMonitor::note_removed(int interface_index, const InterfaceAddress& address) {
  const auto there = interfaces_.find(interface_index);
  if (there != interfaces_.end()) (void)there->second.addresses.erase(address);
}

const Interface* LinkMonitor::find(const std::string& name) const {
  const auto there = indexes_.find(name);
  return there == indexes_.end() ? nullptr : find(there->second);
}

const Interface* LinkMonitor::find(int index) const {
  const auto there = interfaces_.find(index);
  return there == interfaces_.end() ? nullptr : &there->second;
}

std::vector<MacAddress> LinkMonitor::macs() const {
  std::vector<MacAddress> macs;
  for (const auto& [index, interface] : interfaces_) {
    if (interface.mac != MacAddress{}) macs.push_back(interface.mac);
  }
  std::sort(macs.begin(), macs.end());
  macs.erase(std::unique(macs.begin(), macs.end()), macs.end());
  return macs;
}

tl::expected<LinkMonitor, std::error_code> LinkMonitor::open(Handlers handlers) {
  auto notifications = RouteNotifications::open();
  if (!notifications) return tl::unexpected(notifications.error());
  auto questions = RouteSocket::open();
  if (!questions) return tl::unexpected(questions.error());
  LinkMonitor monitor(std::move(handlers), std::move(*notifications), std::move(*questions));
  if (const auto error = monitor.read_all()) return tl::unexpected(error);
  monitor.changed_.clear();  // nobody needs to be told
  return monitor;
}

}  // namespace evenkeel::vrrp
