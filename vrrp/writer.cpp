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
constexpr Duration kRetrySockets = 5s;

FailoverOutcome failover_outcome(const InstanceStatus& status) {
  switch (status.state) {
    case State::Initialize:
      return FailoverOutcome::NotMaster;  // something else took it away meanwhile
    case State::Backup:
      return FailoverOutcome::HandedOver;
    case State::Master:
      return FailoverOutcome::NobodyAnswered;
  }
  return FailoverOutcome::NotMaster;
}

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
      addresses_(std::move(addresses)),
      links_(std::move(links)),
      changed_links_(std::move(changed_links)) {}

// Configuration.

void Writer::configure(const Config& config, bool may_resume) {
  if (is_leaving_) return;
  const bool lease_changed = config.address_lease != config_.address_lease;
  config_ = config;
  may_resume_ = is_first_ && may_resume;
  for (const auto& managed : managed_) {
    const auto wanted =
        std::find_if(config.instances.begin(), config.instances.end(),
                     [&](const auto& each) { return is_same_router(each, managed->config); });
    if (wanted == config.instances.end() || group_of(wanted->name) != managed->group) {
      depart(*managed);
      continue;
    }
    if (managed->is_departing) continue;  // it comes back when it has gone
    if (*wanted != managed->config) {
      managed->config = *wanted;
      tell(managed->id, Reconfigured{*wanted});
      look_at(*managed);  // what is a virtual address is no source address
    }
    if (lease_changed && managed->holding == Holding::Installed) {
      (void)write_addresses(*managed, lease_of(*managed));
    }
  }
  if (is_first_) remove_leftovers();
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
  for (const auto& managed : managed_) {
    if (managed->problem != Reason::NotStarted) continue;
    adopt(*managed);
    const Event start = start_of(*managed);
    look_at(*managed);
    tell(managed->id, ReadinessChanged{is_ready_});
    tell(managed->id, start);
  }
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
  managed->group = group_of(config.name);
  managed->status.name = config.name;
  std::optional<std::size_t> place;
  if (page_ != nullptr) place = page_->claim(config.key());
  engine_.post({AddRouter{.id = managed->id,
                          .config = config,
                          .is_grouped = !managed->group.empty(),
                          .page_place = place}});
  managed_.push_back(std::move(managed));
}

std::string Writer::group_of(const std::string& instance) const {
  for (const SyncGroupConfig& group : config_.sync_groups) {
    const auto& names = group.instances;
    if (std::find(names.begin(), names.end(), instance) != names.end()) return group.name;
  }
  return "";
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

/// On a kernel that keeps no IFA_PROTO: what the page says was held is ours.
void Writer::adopt(const Managed& managed) {
  const auto record = page_ == nullptr ? std::nullopt : page_->find(managed.config.key());
  const Interface* interface = links_.find(managed.config.interface);
  if (!record || interface == nullptr || managed.config.priority == kOwnerPriority) return;
  if (record->is_held) tell(managed.id, HoldChanged{true});
  if (record->state == PageState::NotMaster) return;
  for (const InterfaceAddress& address : all_addresses(managed.config)) {
    if (interface->has(address)) addresses_.adopt(interface->index, address);
  }
}

Event Writer::start_of(const Managed& managed) {
  const Interface* interface = links_.find(managed.config.interface);
  const bool is_held_by_kernel = has_all(interface, managed.config);
  if (heirs_.erase(managed.config.name) > 0 && is_held_by_kernel) return Resume{};
  const auto record =
      page_ == nullptr || !is_first_ ? std::nullopt : page_->find(managed.config.key());
  if (!record) return Startup{};
  const Past past{.was_master = record->state == PageState::Master,
                  .left_unanswered = record->state == PageState::LeftUnanswered,
                  .last_advertisement = record->last_advertisement,
                  .has_addresses = is_held_by_kernel};
  if (may_resume_ && may_resume(past, managed.config.advertisement_interval, Clock::now())) {
    return Resume{};
  }
  // A peer that still takes us for the Master is told that we are not.
  return Startup{.release =
                     record->state != PageState::NotMaster && has_any(interface, managed.config)};
}

void Writer::remove_leftovers() {
  const auto installed = addresses_.read();
  if (!installed) {
    return note(NoteSeverity::Error, "cannot read the addresses: " + installed.error().message());
  }
  for (const InstalledAddress& leftover : *installed) {
    if (!leftover.is_ours) continue;
    // Those of an instance that was Master are its own to resume or to release.
    const bool is_taken_up =
        std::any_of(config_.instances.begin(), config_.instances.end(), [&](const auto& config) {
          const auto all = all_addresses(config);
          const auto record = page_ == nullptr ? std::nullopt : page_->find(config.key());
          const Interface* interface = links_.find(config.interface);
          return record && record->state != PageState::NotMaster && interface != nullptr &&
                 interface->index == leftover.interface_index &&
                 std::find(all.begin(), all.end(), leftover.address) != all.end();
        });
    if (is_taken_up) continue;
    const auto error = addresses_.remove(leftover.interface_index, leftover.address);
    note(NoteSeverity::Warning, "removed " + to_string(leftover.address) +
                                    ", left by a process before us" +
                                    (error ? ": " + error.message() : ""));
  }
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
  std::vector<std::unique_ptr<Managed>> staying;
  bool has_removed = false;
  for (auto& managed : managed_) {
    // The members of a group go together: who is left needs to know of the others.
    const bool may_go = std::all_of(managed_.begin(), managed_.end(), [&](const auto& other) {
      return !other || other->group != managed->group || other->group.empty() ||
             !other->is_departing || has_gone(other);
    });
    if (!has_gone(managed) || !may_go) {
      staying.push_back(std::move(managed));
      continue;
    }
    leave_to_heir(*managed);
    remove(*managed);  // also where nobody answered: the operator took it out
    engine_.post({RemoveRouter{managed->id}});
    if (page_ != nullptr) page_->forget(managed->config.key());
    has_removed = true;
  }
  managed_ = std::move(staying);
  if (!has_removed) return;
  send_groups();
  update_filters();
  admit();
}

/// An instance that replaces this one (another version, ID or group) with the same addresses takes
/// them up as they are, where nobody else has.
void Writer::leave_to_heir(const Managed& managed) {
  if (managed.status.reason != Reason::LeftUnanswered) return;
  for (const InstanceConfig& config : config_.instances) {
    const bool is_there = std::any_of(managed_.begin(), managed_.end(), [&](const auto& each) {
      return each && each.get() != &managed && each->config.key() == config.key();
    });
    if (!is_there && config.interface == managed.config.interface &&
        all_addresses(config) == all_addresses(managed.config)) {
      heirs_.insert(config.name);
    }
  }
}

// Commands.

void Writer::set_ready(bool is_ready) {
  is_ready_ = is_ready;
  for (const auto& managed : managed_) tell(managed->id, ReadinessChanged{is_ready});
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
      (*found)->is_handing_over = true;
      (*found)->has_begun_to_leave = (*found)->status.is_leaving;
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
    // What was installed on the interface before has gone with it.
    managed.installed.clear();
    managed.sockets.reset();
    managed.interface_index = index;
  }
  if (!problem && !managed.sockets) {
    managed.sockets = sockets_for(managed);
    if (!managed.sockets) problem = Reason::SocketRefused;
    if (!managed.sockets) retry_sockets_at_ = Clock::now() + kRetrySockets;
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
  const Delivery delivery = delivery_of(managed.config, managed.interface_index);
  if (auto shared = sockets_[delivery].lock()) return shared;
  std::vector<std::uint8_t> ids;
  for (const auto& each : managed_) {
    if (delivery_of(each->config, managed.interface_index) == delivery) {
      ids.push_back(each->config.virtual_router_id);
    }
  }
  auto receive = ReceiveSocket::open(delivery, ids);
  if (!receive) {
    note(NoteSeverity::Error,
         "instance " + managed.config.name + ": " + to_string(receive.error()));
    return nullptr;
  }
  auto send = SendSocket::open(delivery);
  if (!send) {
    note(NoteSeverity::Error, "instance " + managed.config.name + ": " + to_string(send.error()));
    return nullptr;
  }
  auto sockets =
      std::make_shared<Sockets>(Sockets{delivery, std::move(*receive), std::move(*send)});
  sockets_[delivery] = sockets;
  return sockets;
}

void Writer::update_filters() {
  std::erase_if(sockets_, [](const auto& each) { return each.second.expired(); });
  for (const auto& [delivery, weak] : sockets_) {
    const auto sockets = weak.lock();
    if (!sockets) continue;
    std::vector<std::uint8_t> ids;
    for (const auto& each : managed_) {
      if (delivery_of(each->config, delivery.interface_index) == delivery) {
        ids.push_back(each->config.virtual_router_id);
      }
    }
    if (const auto error = sockets->receive.set_filter(ids)) {
      note(NoteSeverity::Error, "cannot set a socket's filter: " + error.message());
    }
  }
}

void Writer::look_for_losses() {
  for (const auto& managed : managed_) {
    if (managed->holding != Holding::Installed || managed->problem) continue;
    const Interface* interface = links_.find(managed->config.interface);
    if (interface == nullptr) continue;
    // Of what was written: what a reload has added is still on its way.
    bool has_lost = false;
    for (const auto& [index, address] : managed->installed) {
      if (index != interface->index || interface->has(address)) continue;
      addresses_.forget(index, address);
      has_lost = true;
    }
    if (has_lost) tell(managed->id, AddressLost{});
  }
}

// Addresses.

void Writer::receive_notices() {
  for (Notice& notice : engine_.take()) {
    if (const auto* want = std::get_if<WantAddresses>(&notice)) {
      on(*want);
    } else if (auto* changed = std::get_if<StatusChanged>(&notice)) {
      on(*changed);
    } else if (const auto* failed = std::get_if<SocketFailed>(&notice)) {
      on(*failed);
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
    case WantAddresses::What::Install:
      return install(*managed);
    case WantAddresses::What::Remove:
      return remove(*managed);
    case WantAddresses::What::Abandon:
      return abandon(*managed);
  }
}

void Writer::install(Managed& managed) {
  const bool was_written = write_addresses(managed, lease_of(managed));
  managed.holding = Holding::Installed;
  // Our own news first, so that it is not taken for somebody else's doing.
  (void)links_.receive();
  tell(managed.id, AddressesInstalled{.is_refused = !was_written});
}

bool Writer::write_addresses(Managed& managed, std::optional<Duration> lease) {
  const auto wanted = all_addresses(managed.config);
  for (auto at = managed.installed.begin(); at != managed.installed.end();) {
    if (std::find(wanted.begin(), wanted.end(), at->second) == wanted.end()) {
      // The file has lost it, or given it to another.
      if (!is_held_by_another(managed, at->first, at->second)) {
        (void)addresses_.remove(at->first, at->second);
      }
      at = managed.installed.erase(at);
    } else {
      ++at;
    }
  }
  bool is_done = true;
  for (const InterfaceAddress& address : wanted) {
    const auto error = addresses_.install(managed.interface_index, address, lease);
    managed.installed.emplace(managed.interface_index, address);
    if (!error) {
      links_.note_installed(managed.interface_index, address);
      continue;
    }
    is_done = false;
    note(NoteSeverity::Error, "instance " + managed.config.name + ": cannot add " +
                                  to_string(address) + " to " + managed.config.interface + ": " +
                                  error.message());
  }
  if (lease) managed.refresh_at = Clock::now() + *lease / 3;
  return is_done;
}

void Writer::remove(Managed& managed) {
  managed.holding = Holding::Nothing;
  // Also what a process before us has installed: this instance's addresses, whoever put them there.
  for (const InterfaceAddress& address : all_addresses(managed.config)) {
    managed.installed.emplace(managed.interface_index, address);
  }
  for (const auto& each : managed.installed) {
    const bool is_inherited =
        std::any_of(heirs_.begin(), heirs_.end(),
                    [&](const std::string& heir) { return is_address_of(heir, each.second); });
    if (is_inherited || is_held_by_another(managed, each.first, each.second)) continue;
    const auto error = addresses_.remove(each.first, each.second);
    if (!error || error == std::errc::no_such_device) continue;
    note(NoteSeverity::Error, "instance " + managed.config.name + ": cannot remove " +
                                  to_string(each.second) + ": " + error.message());
  }
  managed.installed.clear();
}

bool Writer::is_held_by_another(const Managed& managed, int interface_index,
                                const InterfaceAddress& address) const {
  return std::any_of(managed_.begin(), managed_.end(), [&](const auto& each) {
    return each && each.get() != &managed && each->holding == Holding::Installed &&
           each->installed.contains({interface_index, address});
  });
}

bool Writer::is_address_of(const std::string& instance, const InterfaceAddress& address) const {
  return std::any_of(config_.instances.begin(), config_.instances.end(), [&](const auto& config) {
    const auto all = all_addresses(config);
    return config.name == instance && std::find(all.begin(), all.end(), address) != all.end();
  });
}

void Writer::abandon(Managed& managed) {
  managed.holding = Holding::Abandoned;
  (void)write_addresses(managed, kUnansweredLease);
}

std::optional<Duration> Writer::lease_of(const Managed& managed) const {
  if (!config_.address_lease) return std::nullopt;
  const InstanceConfig& config = managed.config;
  return lease_time(config.version, config.priority, config.advertisement_interval);
}

std::optional<TimePoint> Writer::next_refresh() const {
  std::optional<TimePoint> first = retry_sockets_at_;
  if (!config_.address_lease) return first;
  for (const auto& managed : managed_) {
    if (managed->holding != Holding::Installed) continue;
    if (!first || managed->refresh_at < *first) first = managed->refresh_at;
  }
  return first;
}

void Writer::refresh(TimePoint now) {
  if (retry_sockets_at_ && *retry_sockets_at_ <= now) {
    retry_sockets_at_.reset();
    for (const auto& managed : managed_) {
      if (managed->problem == Reason::SocketRefused) look_at(*managed);
    }
  }
  const bool is_dead = now - engine_.last_turn() > kEngineIsDead;
  for (const auto& managed : managed_) {
    if (managed->holding != Holding::Installed || managed->refresh_at > now) continue;
    if (is_dead) {
      managed->refresh_at = now + kLookAgain;  // it may only not have had its turn yet
      continue;
    }
    managed->refresh_at = now + lease_time(managed->config.version, managed->config.priority,
                                           managed->config.advertisement_interval) /
                                    3;
    if (managed->problem) continue;
    // Not what is gone: that is news for the engine, and to be announced.
    if (!has_all(links_.find(managed->config.interface), managed->config)) continue;
    (void)write_addresses(*managed, lease_of(*managed));
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
  if (!managed->is_handing_over) return;
  if (status.is_leaving) managed->has_begun_to_leave = true;
  // A status from before the Leave was handled says nothing of it.
  if (status.is_leaving || (status.state == State::Master && !managed->has_begun_to_leave)) return;
  managed->is_handing_over = false;
  if (hooks_.on_failover) hooks_.on_failover(status.name, failover_outcome(status));
}

void Writer::on(const SocketFailed& notice) {
  // The interface has gone; when one of that name comes it has another index, and gets new ones.
  for (const auto& managed : managed_) {
    if (managed->config.interface == notice.interface) managed->sockets.reset();
  }
  changed_links_->insert(notice.interface);
  look_at_links();
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
