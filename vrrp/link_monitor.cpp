#include "vrrp/link_monitor.h"

#include <algorithm>
#include <map>
#include <utility>

#include "vrrp/route_socket.h"

namespace evenkeel::vrrp {

namespace {

constexpr int kBatch = 10'000;  // datagrams a call: a flood of them must not hold us for ever

void update(Interface& interface, const LinkMessage& message) {
  interface.index = message.index;
  interface.name = message.name;
  interface.alternative_names = message.alternative_names;
  interface.is_up = message.is_up;
  interface.mac = message.mac;
  interface.mtu = message.mtu;
}

bool is_known(const Interface& interface, const LinkMessage& message) {
  return interface.name == message.name &&
         interface.alternative_names == message.alternative_names &&
         interface.is_up == message.is_up && interface.mac == message.mac &&
         interface.mtu == message.mtu;
}

using Interfaces = std::map<int, Interface>;  // by index

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

class LinkMonitor::Impl {
 public:
  Impl(Handlers handlers, RouteNotifications notifications, RouteSocket questions)
      : handlers_(std::move(handlers)),
        notifications_(std::move(notifications)),
        questions_(std::move(questions)) {}

  std::error_code receive();
  /// Notes what is different.
  std::error_code read_all();
  void note_installed(int interface_index, const InterfaceAddress& address);
  void note_removed(int interface_index, const InterfaceAddress& address);
  const Interface* find(const std::string& name) const;
  const Interface* find(int index) const;
  std::vector<MacAddress> macs() const;
  int fd() const { return notifications_.fd(); }

  /// Nobody needs to be told.
  void forget_changes() { changed_.clear(); }

 private:
  /// Until none is waiting. An error: some have been lost.
  std::error_code take_notifications();
  void apply(const nlmsghdr& message);
  void apply(const LinkMessage& link);
  Interface& interface_of(Interfaces& interfaces, int index);
  // By every name that it has: the configuration may use any.
  void learn_names(const Interface& interface);
  void forget_names(const Interface& interface);
  void note_change(const Interface& interface, bool has_lost = false);
  void tell();

  Handlers handlers_;
  RouteNotifications notifications_;
  RouteSocket questions_;
  Interfaces interfaces_;
  std::uint64_t next_incarnation_ = 1;
  std::map<std::string, int> indexes_;   ///< by name
  std::map<std::string, bool> changed_;  ///< names, and whether an address has gone
  bool is_behind_ = false;               ///< something was lost
};

std::error_code LinkMonitor::Impl::receive() {
  if (take_notifications()) is_behind_ = true;
  std::error_code error;
  if (is_behind_) error = read_all();
  is_behind_ = static_cast<bool>(error);
  tell();
  return error;
}

std::error_code LinkMonitor::Impl::take_notifications() {
  for (int i = 0; i < kBatch; ++i) {
    const auto error = notifications_.receive([this](const nlmsghdr& message) { apply(message); });
    if (error == std::errc::resource_unavailable_try_again) return {};
    if (error) return error;
  }
  return {};
}

void LinkMonitor::Impl::apply(const nlmsghdr& message) {
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

void LinkMonitor::Impl::apply(const LinkMessage& link) {
  Interface& interface = interface_of(interfaces_, link.index);
  if (is_known(interface, link)) return;
  if (!interface.name.empty()) {
    note_change(interface);
    forget_names(interface);
  }
  update(interface, link);
  note_change(interface);
  learn_names(interface);
}

void LinkMonitor::Impl::learn_names(const Interface& interface) {
  indexes_[interface.name] = interface.index;
  for (const std::string& each : interface.alternative_names) indexes_[each] = interface.index;
}

/// Another may have taken one already.
void LinkMonitor::Impl::forget_names(const Interface& interface) {
  const auto forget = [&](const std::string& name) {
    const auto named = indexes_.find(name);
    if (named != indexes_.end() && named->second == interface.index) indexes_.erase(named);
  };
  forget(interface.name);
  for (const std::string& each : interface.alternative_names) forget(each);
}

void LinkMonitor::Impl::note_change(const Interface& interface, bool has_lost) {
  changed_[interface.name] |= has_lost;
  for (const std::string& each : interface.alternative_names) changed_[each] |= has_lost;
}

/// A new one, unless we have known it.
Interface& LinkMonitor::Impl::interface_of(Interfaces& interfaces, int index) {
  const auto [there, is_new] = interfaces.try_emplace(index);
  if (is_new) {
    const auto known = interfaces_.find(index);
    const bool is_known = &interfaces != &interfaces_ && known != interfaces_.end();
    there->second.incarnation = is_known ? known->second.incarnation : next_incarnation_++;
  }
  return there->second;
}

std::error_code LinkMonitor::Impl::read_all() {
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
  for (const LinkMessage& link : *links) update(interface_of(now, link.index), link);
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

void LinkMonitor::Impl::tell() {
  const auto changed = std::exchange(changed_, {});
  if (!handlers_.on_change) return;
  for (const auto& [name, has_lost] : changed) handlers_.on_change(name, has_lost);
}

void LinkMonitor::Impl::note_installed(int interface_index, const InterfaceAddress& address) {
  const auto there = interfaces_.find(interface_index);
  if (there == interfaces_.end()) return;
  AddressTable& addresses = there->second.addresses;
  addresses.erase_other_prefixes(address);
  if (addresses.find(address) != nullptr) return;
  (void)addresses.put({.interface_index = interface_index, .address = address, .is_ours = true});
}

void LinkMonitor::Impl::note_removed(int interface_index, const InterfaceAddress& address) {
  const auto there = interfaces_.find(interface_index);
  if (there != interfaces_.end()) (void)there->second.addresses.erase(address);
}

const Interface* LinkMonitor::Impl::find(const std::string& name) const {
  const auto there = indexes_.find(name);
  return there == indexes_.end() ? nullptr : find(there->second);
}

const Interface* LinkMonitor::Impl::find(int index) const {
  const auto there = interfaces_.find(index);
  return there == interfaces_.end() ? nullptr : &there->second;
}

std::vector<MacAddress> LinkMonitor::Impl::macs() const {
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
  auto impl =
      std::make_unique<Impl>(std::move(handlers), std::move(*notifications), std::move(*questions));
  if (const auto error = impl->read_all()) return tl::unexpected(error);
  impl->forget_changes();
  return LinkMonitor(std::move(impl));
}

LinkMonitor::LinkMonitor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LinkMonitor::LinkMonitor(LinkMonitor&&) noexcept = default;
LinkMonitor& LinkMonitor::operator=(LinkMonitor&&) noexcept = default;
LinkMonitor::~LinkMonitor() = default;

int LinkMonitor::fd() const {
  return impl_->fd();
}

std::error_code LinkMonitor::receive() {
  return impl_->receive();
}

void LinkMonitor::note_installed(int interface_index, const InterfaceAddress& address) {
  impl_->note_installed(interface_index, address);
}

void LinkMonitor::note_removed(int interface_index, const InterfaceAddress& address) {
  impl_->note_removed(interface_index, address);
}

const Interface* LinkMonitor::find(const std::string& name) const {
  return impl_->find(name);
}

const Interface* LinkMonitor::find(int index) const {
  return impl_->find(index);
}

std::vector<MacAddress> LinkMonitor::macs() const {
  return impl_->macs();
}

}  // namespace evenkeel::vrrp
