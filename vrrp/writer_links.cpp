// What the writer does about the interfaces: their state, the addresses on them, the leases, as the
// kernel tells it and the engine wants it.
#include <algorithm>

#include "vrrp/interface_use.h"
#include "vrrp/writer.h"

namespace evenkeel::vrrp {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// An instance this fast is not trusted to a thread without real-time priority (vrrp.md 6.4).
constexpr Duration kNeedsRealTime = 100ms;
/// An engine that has not turned for so long holds no lease any more.
constexpr Duration kEngineIsDead = 1s;
constexpr Duration kLookAgain = 100ms;
constexpr Duration kRetry = 5s;

}  // namespace

// Links.

void Writer::receive_links() {
  if (const auto error = links_.receive()) {
    note(NoteSeverity::Error, "cannot read what happens to the interfaces: " + error.message());
    retry_at_ = Clock::now() + kRetry;  // all is read anew then
  }
  look_at_links();
}

void Writer::look_at_links() {
  const std::set<std::string> changed = std::exchange(*changed_links_, {});
  if (changed.empty()) return;
  send_host_macs();
  for (const auto& managed : managed_) {
    if (changed.contains(managed->config.interface)) look_at(*managed);
  }
  look_for_losses();
}

void Writer::send_host_macs() {
  std::vector<MacAddress> macs = links_.macs();
  if (macs == posted_macs_) return;
  posted_macs_ = macs;
  engine_.post({SetHostMacs{std::move(macs)}});
}

void Writer::look_at(Managed& managed) {
  const Interface* interface = links_.find(managed.config.interface);
  Address source;
  std::optional<Reason> problem = problem_of(managed, interface, source);
  const int index = interface == nullptr ? 0 : interface->index;
  const std::uint64_t incarnation = interface == nullptr ? 0 : interface->incarnation;
  if (index != managed.interface_index || incarnation != managed.incarnation) {
    addresses_.leave_interface(managed.id);
    // One of the same name may be there already, and just as usable: it is another all the same.
    if (!managed.problem) {
      managed.problem = Reason::InterfaceMissing;
      tell(managed.id, InterfaceChanged{.problem = managed.problem, .source = managed.source});
    }
    if (managed.sockets) managed.sockets->receive.leave(managed.interface_index);
    managed.sockets.reset();
    managed.interface_index = index;
    managed.incarnation = incarnation;
  }
  report_if_changed(managed);
  if (!problem && !managed.sockets) {
    managed.sockets = sockets_for(managed);
    if (!managed.sockets) problem = Reason::SocketRefused;
    if (!managed.sockets) retry_at_ = Clock::now() + kRetry;
  }
  const SetLink link{.id = managed.id,
                     .interface_index = index,
                     .mac = interface == nullptr ? MacAddress{} : interface->mac,
                     .sockets = managed.sockets};
  if (link != managed.posted) {
    managed.posted = link;
    engine_.post({link});
  }
  if (problem == managed.problem && source == managed.source) return;
  managed.problem = problem;
  managed.source = source;
  tell(managed.id, InterfaceChanged{.problem = problem, .source = source});
}

std::optional<Reason> Writer::problem_of(const Managed& managed, const Interface* interface,
                                         Address& source) const {
  const auto found = usable_source(interface, managed.config, config_);
  if (!found) return found.error();
  source = *found;
  if (!is_real_time_ && managed.config.advertisement_interval < kNeedsRealTime) {
    return Reason::NotRealTime;
  }
  return std::nullopt;
}

std::shared_ptr<Sockets> Writer::sockets_for(const Managed& managed) {
  auto sockets =
      sockets_.get(delivery_of(managed.config, managed.interface_index, managed.incarnation));
  if (sockets) return std::move(*sockets);
  note(NoteSeverity::Error, "instance " + managed.config.name + ": " + to_string(sockets.error()));
  return nullptr;
}

std::vector<std::uint8_t> Writer::ids_of(const Delivery& delivery) const {
  std::vector<std::uint8_t> ids;
  for (const auto& each : managed_) {
    if (delivery_of(each->config, delivery.interface_index, delivery.incarnation) == delivery) {
      ids.push_back(each->config.virtual_router_id);
    }
  }
  return ids;
}

void Writer::update_filters() {
  for (const std::string& problem : sockets_.update_filters()) note(NoteSeverity::Error, problem);
}

void Writer::look_for_losses() {
  for (const auto& managed : managed_) {
    if (!addresses_.are_held(managed->id) || managed->problem) continue;
    const Interface* interface = links_.find(managed->config.interface);
    if (interface == nullptr) continue;
    if (addresses_.have_been_lost(managed->id, *interface)) tell(managed->id, AddressLost{});
  }
}

// Addresses.

void Writer::receive_notices() {
  for (Notice& notice : engine_.take()) {
    if (const auto* want = std::get_if<WantAddresses>(&notice)) {
      on(*want);
    } else if (auto* changed = std::get_if<StatusChanged>(&notice)) {
      on(*changed);
    } else if (const auto* echo = std::get_if<Echo>(&notice)) {
      if (hooks_.on_echo) hooks_.on_echo(echo->sequence);
    }
    // Released: its sockets close when all the others have been heard.
  }
  look_at_links();  // once, whatever was installed
  finish_departures();
}

void Writer::on(const WantAddresses& notice) {
  Managed* managed = find(notice.id);
  if (managed == nullptr) return;
  switch (notice.what) {
    case WantAddresses::What::Install: {
      const Installed installed = install(*managed);
      // Our own news first, so that it is not taken for somebody else's doing.
      (void)links_.receive();
      report_if_changed(*managed);
      return tell(managed->id, AddressesInstalled{installed});
    }
    case WantAddresses::What::Remove:
      return remove(*managed);
    case WantAddresses::What::Abandon:
      return addresses_.abandon(managed->id, managed->config, managed->interface_index,
                                Clock::now());
  }
}

Installed Writer::install(const Managed& managed) {
  const auto now = Clock::now();
  const Installed installed = addresses_.install(managed.id, managed.config,
                                                 managed.interface_index, lease_of(managed), now);
  if (installed != Installed::All && !retry_at_) retry_at_ = now + kRetry;
  return installed;
}

/// The lease of what is held; and what the kernel has refused is tried again. Not where something
/// has gone: that is news for the engine, and to be announced. False: nothing was done.
bool Writer::renew(Managed& managed) {
  const Interface* interface = links_.find(managed.config.interface);
  if (managed.problem || interface == nullptr) return false;
  if (!addresses_.are_there(managed.id, *interface)) return false;
  const bool was_refused = addresses_.has_refused(managed.id);
  const Installed installed = install(managed);
  if (was_refused && installed == Installed::All) tell(managed.id, AddressesInstalled{});
  report_if_changed(managed);
  return true;
}

void Writer::remove(const Managed& managed) {
  addresses_.remove(managed.id, managed.config, managed.interface_index,
                    inherited(managed.config.interface));
}

std::set<InterfaceAddress> Writer::inherited(const std::string& interface) const {
  std::set<InterfaceAddress> result;
  for (const InstanceConfig& config : config_.instances) {
    const auto heir = heirs_.find(config.name);
    if (heir == heirs_.end() || !heir->second.has_addresses || config.interface != interface) {
      continue;
    }
    const auto all = all_addresses(config);
    result.insert(all.begin(), all.end());
  }
  return result;
}

std::optional<Duration> Writer::lease_of(const Managed& managed) const {
  if (!config_.address_lease) return std::nullopt;
  const InstanceConfig& config = managed.config;
  return lease_time(config.version, config.priority, config.advertisement_interval);
}

std::optional<TimePoint> Writer::next_refresh() const {
  if (!config_.address_lease) return retry_at_;
  const auto refresh_at = addresses_.next_refresh();
  if (!refresh_at || !retry_at_) return refresh_at ? refresh_at : retry_at_;
  return std::min(*refresh_at, *retry_at_);
}

void Writer::refresh(TimePoint now) {
  // A dead engine may only not have had its turn yet.
  const bool is_dead = now - engine_.last_turn() > kEngineIsDead;
  if (retry_at_ && *retry_at_ <= now) {
    retry_at_.reset();
    receive_links();
    for (const auto& managed : managed_) {
      if (managed->problem == Reason::SocketRefused) look_at(*managed);
      if (!addresses_.has_refused(managed->id)) continue;
      if (is_dead || !renew(*managed)) retry_at_ = now + kRetry;
    }
  }
  for (const auto& managed : managed_) {
    const auto lease = lease_of(*managed);
    if (!lease || !addresses_.is_due(managed->id, now)) continue;
    addresses_.postpone(managed->id, now + (is_dead ? kLookAgain : *lease / 3));
    if (!is_dead) (void)renew(*managed);
  }
}

// What the engine tells.

void Writer::on(StatusChanged& notice) {
  Managed* managed = find(notice.id);
  if (managed == nullptr) return;
  managed->has_reported = true;
  (void)links_.receive();  // what came of our own writing
  report(*managed, std::move(notice.status));
  const InstanceStatus& status = managed->status;
  if (!managed->failover) return;
  const auto outcome = managed->failover->see(status);
  if (!outcome) return;
  managed->failover.reset();
  if (hooks_.on_failover) hooks_.on_failover(status.name, *outcome);
}

/// What the writer alone knows of.
void Writer::report_if_changed(Managed& managed) {
  if (!managed.has_reported) return;
  const InstanceStatus& status = managed.status;
  if ((foreign_address(managed) != nullptr) == status.has_foreign_address &&
      addresses_.has_refused(managed.id) == status.has_refused_address) {
    return;
  }
  report(managed, status);
}

void Writer::report(Managed& managed, InstanceStatus status) {
  const InstalledAddress* foreign = foreign_address(managed);
  status.has_foreign_address = foreign != nullptr;
  status.has_refused_address = addresses_.has_refused(managed.id);
  const InstanceStatus before = std::exchange(managed.status, std::move(status));
  if (foreign != nullptr && !before.has_foreign_address) {
    const std::string address = to_string(foreign->address);
    const std::string& interface = managed.config.interface;
    note(NoteSeverity::Warning, "instance " + managed.config.name + ": " + address + " is on " +
                                    interface + ", and evenkeel has not put it there: it stays, " +
                                    "whoever is master; `ip address del " + address + " dev " +
                                    interface + "` removes it");
  }
  if (hooks_.on_note) {
    for (const Note& each : notes(before, managed.status)) hooks_.on_note(each);
  }
  if (hooks_.on_status) hooks_.on_status(managed.status);
}

/// With any prefix length; nullptr: none. An owner's are the host's own.
const InstalledAddress* Writer::foreign_address(const Managed& managed) const {
  const Interface* interface = links_.find(managed.config.interface);
  if (interface == nullptr || managed.config.priority == kOwnerPriority) return nullptr;
  const auto all = all_addresses(managed.config);
  const auto found =
      std::find_if(interface->addresses.begin(), interface->addresses.end(), [&](const auto& each) {
        return !addresses_.kernel().is_ours(each) &&
               std::any_of(all.begin(), all.end(), [&](const InterfaceAddress& wanted) {
                 return wanted.address == each.address.address;
               });
      });
  return found == interface->addresses.end() ? nullptr : &*found;
}

}  // namespace evenkeel::vrrp
