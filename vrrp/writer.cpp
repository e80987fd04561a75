#include "vrrp/writer.h"

#include <algorithm>

#include "vrrp/interface_use.h"

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

/// True: the engine's instance can go on with the new configuration (Reconfigured).
bool is_same_router(const InstanceConfig& a, const InstanceConfig& b) {
  return a.key() == b.key() && a.version == b.version &&
         a.unicast.has_value() == b.unicast.has_value() &&
         (!a.unicast || a.unicast->source == b.unicast->source);
}

}  // namespace

tl::expected<std::unique_ptr<Writer>, std::string> Writer::open(Engine& engine, SharedPage* page,
                                                                bool is_real_time, Hooks hooks) {
  auto addresses = AddressWriter::open();
  if (!addresses) {
    return tl::unexpected("cannot open a netlink socket: " + addresses.error().message());
  }
  auto changed = std::make_shared<std::set<std::string>>();
  auto links = LinkMonitor::open(
      {.on_change = [changed](const std::string& name) { changed->insert(name); }});
  if (!links) return tl::unexpected("cannot watch the interfaces: " + links.error().message());
  return std::unique_ptr<Writer>(new Writer(engine, page, is_real_time, std::move(hooks),
                                            std::move(*addresses), std::move(*links),
                                            std::move(changed)));
}

Writer::Writer(Engine& engine, SharedPage* page, bool is_real_time, Hooks hooks,
               AddressWriter addresses, LinkMonitor links,
               std::shared_ptr<std::set<std::string>> changed_links)
    : engine_(engine),
      page_(page),
      is_real_time_(is_real_time),
      hooks_(std::move(hooks)),
      links_(std::move(links)),
      changed_links_(std::move(changed_links)),
      addresses_(std::move(addresses), links_,
                 [this](const std::string& problem) { note(NoteSeverity::Error, problem); }),
      sockets_([this](const Delivery& delivery) { return ids_of(delivery); }) {}

// Configuration.

void Writer::configure(const Config& config, bool may_stay) {
  if (is_leaving_) return;
  const bool lease_changed = config.address_lease != config_.address_lease;
  config_ = config;
  may_stay_ = may_stay;
  for (const auto& managed : managed_) {
    const auto wanted =
        std::find_if(config.instances.begin(), config.instances.end(),
                     [&](const auto& each) { return is_same_router(each, managed->config); });
    if (wanted == config.instances.end() || sync_group_of(config, wanted->name) != managed->group) {
      depart(*managed);
      continue;
    }
    if (managed->is_departing) continue;  // it comes back when it has gone
    if (*wanted != managed->config) {
      managed->config = *wanted;
      tell(managed->id, Reconfigured{*wanted});
      look_at(*managed);  // what is a virtual address is no source address
    }
    if (lease_changed && addresses_.are_held(managed->id)) (void)install(*managed);
  }
  std::erase_if(heirs_, [&](const auto& heir) {
    return std::none_of(config.instances.begin(), config.instances.end(),
                        [&](const auto& each) { return each.name == heir.first; });
  });
  if (is_first_) sort_leftovers();
  admit();
  finish_departures();
  is_first_ = false;
}

void Writer::admit() {
  bool has_added = false;
  for (const InstanceConfig& config : config_.instances) {
    const bool must_wait = std::any_of(managed_.begin(), managed_.end(), [&](const auto& each) {
      return is_in_the_way(*each, config);
    });
    if (must_wait) continue;
    add(config);
    has_added = true;
  }
  if (!has_added) return;
  update_filters();
  send_groups();
  start();
}

void Writer::start() {
  std::vector<Managed*> starting;
  std::vector<Beginning> beginnings;
  std::map<std::string, std::vector<std::size_t>> groups;
  for (const auto& managed : managed_) {
    if (managed->problem != Reason::NotStarted) continue;
    adopt(*managed);
    if (!managed->group.empty()) groups[managed->group].push_back(starting.size());
    starting.push_back(managed.get());
    beginnings.push_back(beginning(*managed));
  }
  for (const auto& [name, members] : groups) {
    std::vector<Beginning> agreed;
    for (const std::size_t member : members) agreed.push_back(beginnings[member]);
    agree(agreed);
    for (std::size_t i = 0; i < members.size(); ++i) beginnings[members[i]] = agreed[i];
  }
  std::vector<std::pair<RouterId, Event>> later;  // once all members of a group have begun
  for (std::size_t i = 0; i < starting.size(); ++i) {
    Managed& managed = *starting[i];
    look_at(managed);
    tell(managed.id, ReadinessChanged{is_ready_});
    const bool is_owner = managed.config.priority == kOwnerPriority;
    const std::vector<Event> events = start_events(beginnings[i], may_stay_, is_owner);
    tell(managed.id, events.front());
    for (std::size_t next = 1; next < events.size(); ++next) {
      later.emplace_back(managed.id, events[next]);
    }
  }
  for (const auto& [id, event] : later) tell(id, event);
}

bool Writer::is_in_the_way(const Managed& managed, const InstanceConfig& config) const {
  if (managed.config.key() == config.key()) return true;  // it is there, or on its way out
  if (!managed.is_departing) return false;
  // Its name is still reported, and its addresses are still to be removed.
  const auto addresses = all_addresses(managed.config);
  const auto wanted = all_addresses(config);
  return managed.config.name == config.name ||
         std::any_of(wanted.begin(), wanted.end(), [&](const InterfaceAddress& each) {
           return std::find(addresses.begin(), addresses.end(), each) != addresses.end();
         });
}

void Writer::add(const InstanceConfig& config) {
  auto managed = std::make_unique<Managed>();
  managed->id = next_id_++;
  managed->config = config;
  managed->group = sync_group_of(config_, config.name);
  managed->status.name = config.name;
  std::optional<std::size_t> place;
  if (page_ != nullptr) place = page_->claim(config.key());
  engine_.post({AddRouter{.id = managed->id,
                          .config = config,
                          .is_grouped = !managed->group.empty(),
                          .page_place = place}});
  managed_.push_back(std::move(managed));
}

void Writer::send_groups() {
  SetGroups request;
  for (const SyncGroupConfig& group : config_.sync_groups) {
    std::vector<RouterId> ids;
    for (const auto& managed : managed_) {
      if (managed->group == group.name) ids.push_back(managed->id);
    }
    if (!ids.empty()) request.groups.push_back(std::move(ids));
  }
  engine_.post({std::move(request)});
}

std::optional<PageRecord> Writer::record_of(const InstanceConfig& config) const {
  return page_ == nullptr ? std::nullopt : page_->find(config.key());
}

/// What the process before us, or the instance before this one, has left to it.
void Writer::adopt(const Managed& managed) {
  const auto heir = heirs_.find(managed.config.name);
  const auto record = record_of(managed.config);
  const bool is_held =
      (heir != heirs_.end() && heir->second.is_held) || (record && record->is_held);
  if (is_held) tell(managed.id, HoldChanged{true});
  // On a kernel that keeps no IFA_PROTO: what the page says was held is ours.
  const Interface* interface = links_.find(managed.config.interface);
  if (!record || record->state == PageState::NotMaster || interface == nullptr) return;
  if (managed.config.priority == kOwnerPriority) return;
  for (const InterfaceAddress& address : all_addresses(managed.config)) {
    if (interface->has(address)) addresses_.kernel().adopt(interface->index, address);
  }
}

Beginning Writer::beginning(const Managed& managed) {
  const Interface* interface = links_.find(managed.config.interface);
  const bool has_them = has_all(interface, managed.config);
  const auto heir = heirs_.extract(managed.config.name);
  if (heir && heir.mapped().has_addresses && has_them) return Beginning::Resume;
  if (!is_first_) return Beginning::Fresh;
  return beginning_of(record_of(managed.config), has_them, has_any(interface, managed.config),
                      managed.config.advertisement_interval, Clock::now());
}

void Writer::sort_leftovers() {
  const auto installed = addresses_.kernel().read();
  if (!installed) {
    return note(NoteSeverity::Error, "cannot read the addresses: " + installed.error().message());
  }
  for (const InstalledAddress& leftover : *installed) {
    if (!leftover.is_ours) continue;
    if (is_taken_up(leftover)) {
      addresses_.kernel().take_up(leftover);
      continue;
    }
    const auto error = addresses_.kernel().remove(leftover.interface_index, leftover.address);
    note(NoteSeverity::Warning, "removed " + to_string(leftover.address) +
                                    ", left by a process before us" +
                                    (error ? ": " + error.message() : ""));
  }
}

/// It belongs to an instance that was Master: its own to resume or to release. Everything else of
/// ours goes before the first timer is armed.
bool Writer::is_taken_up(const InstalledAddress& leftover) const {
  const auto& instances = config_.instances;
  return std::any_of(instances.begin(), instances.end(), [&](const InstanceConfig& config) {
    const Interface* interface = links_.find(config.interface);
    if (interface == nullptr || interface->index != leftover.interface_index) return false;
    const auto all = all_addresses(config);
    if (std::find(all.begin(), all.end(), leftover.address) == all.end()) return false;
    const auto record = record_of(config);
    return record && record->state != PageState::NotMaster;
  });
}

std::string Writer::problems() const {
  std::string text;
  for (const auto& managed : managed_) {
    if (managed->is_departing || !managed->problem) continue;
    if (!text.empty()) text += "; ";
    text += "instance " + managed->config.name + ": " + std::string(to_string(*managed->problem));
  }
  return text;
}

// Leaving.

void Writer::depart(Managed& managed) {
  if (std::exchange(managed.is_departing, true)) return;
  managed.has_reported = false;  // a Leave is always answered
  tell(managed.id, Leave{LeaveFor::Stop});
}

void Writer::leave() {
  is_leaving_ = true;
  for (const auto& managed : managed_) depart(*managed);
  finish_departures();
}

void Writer::finish_departures() {
  const auto has_gone = [](const auto& managed) {
    return managed->is_departing && managed->has_reported &&
           managed->status.state == State::Initialize;
  };
  if (is_leaving_) {
    if (has_left_ || !std::all_of(managed_.begin(), managed_.end(), has_gone)) return;
    has_left_ = true;
    if (hooks_.on_left) hooks_.on_left();
    return;
  }
  // First who goes, then what that means: all of them are there to be asked.
  std::set<RouterId> going;
  for (const auto& managed : managed_) {
    // The members of a group go together: who is left needs to know of the others.
    const bool may_go = std::all_of(managed_.begin(), managed_.end(), [&](const auto& other) {
      return other->group != managed->group || other->group.empty() || !other->is_departing ||
             has_gone(other);
    });
    if (has_gone(managed) && may_go) going.insert(managed->id);
  }
  if (going.empty()) return;
  for (const auto& managed : managed_) {
    if (going.contains(managed->id)) bury(*managed);
  }
  std::erase_if(managed_, [&](const auto& managed) { return going.contains(managed->id); });
  send_groups();
  update_filters();
  admit();
}

void Writer::bury(const Managed& managed) {
  leave_to_heir(managed);
  remove(managed);  // also where nobody answered: the operator took it out
  addresses_.forget(managed.id);
  engine_.post({RemoveRouter{managed.id}});
  if (page_ != nullptr) page_->forget(managed.config.key());
}

/// Its hold is for the next of its name. An instance that replaces it (another version, ID or
/// group) with the same addresses takes them up as they are, where nobody else has.
void Writer::leave_to_heir(const Managed& managed) {
  for (const InstanceConfig& config : config_.instances) {
    if (config.name == managed.config.name && managed.status.is_held) {
      heirs_[config.name].is_held = true;
    }
    const bool is_there = std::any_of(managed_.begin(), managed_.end(), [&](const auto& each) {
      return each.get() != &managed && each->config.key() == config.key();
    });
    if (managed.status.reason == Reason::LeftUnanswered && !is_there &&
        config.interface == managed.config.interface &&
        all_addresses(config) == all_addresses(managed.config)) {
      heirs_[config.name].has_addresses = true;
    }
  }
}

// Commands.

void Writer::set_ready() {
  is_ready_ = true;
  for (const auto& managed : managed_) tell(managed->id, ReadinessChanged{true});
}

Writer::Failover Writer::failover(const std::vector<std::string>& names) {
  Failover result;
  std::set<std::string> wanted(names.begin(), names.end());
  for (const auto& managed : managed_) {
    if (managed->group.empty() || !wanted.contains(managed->config.name)) continue;
    for (const auto& other : managed_) {
      if (other->group == managed->group) wanted.insert(other->config.name);
    }
  }
  if (names.empty()) {
    for (const auto& managed : managed_) {
      if (managed->status.state == State::Master) wanted.insert(managed->config.name);
    }
  }
  for (const std::string& name : wanted) {
    const auto found = std::find_if(managed_.begin(), managed_.end(),
                                    [&](const auto& each) { return each->config.name == name; });
    if (found == managed_.end()) {
      result.known.emplace(name, FailoverOutcome::Unknown);
    } else if ((*found)->status.state != State::Master) {
      result.known.emplace(name, FailoverOutcome::NotMaster);
    } else {
      (*found)->failover.emplace((*found)->status);
      tell((*found)->id, Leave{LeaveFor::Failover});
      result.awaited.insert(name);
    }
  }
  return result;
}

void Writer::resume(const std::vector<std::string>& names) {
  for (const auto& managed : managed_) {
    const bool is_meant =
        names.empty() || std::find(names.begin(), names.end(), managed->config.name) != names.end();
    if (is_meant) tell(managed->id, HoldChanged{false});
  }
}

void Writer::ping(std::uint64_t sequence) {
  engine_.post({Echo{sequence}});
}

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
  for (const auto& managed : managed_) {
    if (changed.contains(managed->config.interface)) look_at(*managed);
  }
  look_for_losses();
}

void Writer::look_at(Managed& managed) {
  const Interface* interface = links_.find(managed.config.interface);
  Address source;
  std::optional<Reason> problem = problem_of(managed, interface, source);
  const int index = interface == nullptr ? 0 : interface->index;
  if (index != managed.interface_index) {
    addresses_.leave_interface(managed.id);
    // One of the same name may be there already, and just as usable: it is another all the same.
    if (!managed.problem) {
      managed.problem = Reason::InterfaceMissing;
      tell(managed.id, InterfaceChanged{.problem = managed.problem, .source = managed.source});
    }
    managed.sockets.reset();
    managed.interface_index = index;
  }
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
  auto sockets = sockets_.get(delivery_of(managed.config, managed.interface_index));
  if (sockets) return std::move(*sockets);
  note(NoteSeverity::Error, "instance " + managed.config.name + ": " + to_string(sockets.error()));
  return nullptr;
}

std::vector<std::uint8_t> Writer::ids_of(const Delivery& delivery) const {
  std::vector<std::uint8_t> ids;
  for (const auto& each : managed_) {
    if (delivery_of(each->config, delivery.interface_index) == delivery) {
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
    // Released, ReleasedEar: their sockets close when all the others have been heard.
  }
  look_at_links();  // once, whatever was installed
  finish_departures();
}

void Writer::on(const WantAddresses& notice) {
  Managed* managed = find(notice.id);
  if (managed == nullptr) return;
  switch (notice.what) {
    case WantAddresses::What::Install: {
      const bool is_done = install(*managed);
      // Our own news first, so that it is not taken for somebody else's doing.
      (void)links_.receive();
      return tell(managed->id, AddressesInstalled{.is_refused = !is_done});
    }
    case WantAddresses::What::Remove:
      return remove(*managed);
    case WantAddresses::What::Abandon:
      return addresses_.abandon(managed->id, managed->config, managed->interface_index,
                                Clock::now());
  }
}

bool Writer::install(Managed& managed) {
  return addresses_.install(managed.id, managed.config, managed.interface_index, lease_of(managed),
                            Clock::now());
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
  if (retry_at_ && *retry_at_ <= now) {
    retry_at_.reset();
    receive_links();
    for (const auto& managed : managed_) {
      if (managed->problem == Reason::SocketRefused) look_at(*managed);
    }
  }
  const bool is_dead = now - engine_.last_turn() > kEngineIsDead;
  for (const auto& managed : managed_) {
    const auto lease = lease_of(*managed);
    if (!lease || !addresses_.is_due(managed->id, now)) continue;
    // A dead engine may only not have had its turn yet.
    addresses_.postpone(managed->id, now + (is_dead ? kLookAgain : *lease / 3));
    if (is_dead || managed->problem) continue;
    // Not what is gone: that is news for the engine, and to be announced.
    if (has_all(links_.find(managed->config.interface), managed->config)) (void)install(*managed);
  }
}

// What the engine tells.

void Writer::on(StatusChanged& notice) {
  Managed* managed = find(notice.id);
  if (managed == nullptr) return;
  managed->has_reported = true;
  const InstanceStatus before = std::exchange(managed->status, std::move(notice.status));
  const InstanceStatus& status = managed->status;
  if (hooks_.on_note) {
    for (const Note& each : notes(before, status)) hooks_.on_note(each);
  }
  if (hooks_.on_status) hooks_.on_status(status);
  if (!managed->failover) return;
  const auto outcome = managed->failover->see(status);
  if (!outcome) return;
  managed->failover.reset();
  if (hooks_.on_failover) hooks_.on_failover(status.name, *outcome);
}

Writer::Managed* Writer::find(RouterId id) {
  const auto found = std::find_if(managed_.begin(), managed_.end(),
                                  [id](const auto& each) { return each->id == id; });
  return found == managed_.end() ? nullptr : found->get();
}

void Writer::tell(RouterId id, Event event) {
  engine_.post({Deliver{.id = id, .event = std::move(event)}});
}

void Writer::note(NoteSeverity severity, const std::string& text) {
  if (hooks_.on_note) hooks_.on_note({.severity = severity, .text = text});
}

}  // namespace evenkeel::vrrp
