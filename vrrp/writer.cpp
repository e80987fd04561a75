#include "vrrp/writer.h"

#include <algorithm>

#include "vrrp/interface_use.h"

namespace evenkeel::vrrp {
namespace {

using Clock = std::chrono::steady_clock;

/// True: the engine's instance can go on with the new configuration (Reconfigured).
bool is_same_router(const InstanceConfig& a, const InstanceConfig& b) {
  return a.key() == b.key() && a.link() == b.link() && a.version == b.version &&
         a.unicast.has_value() == b.unicast.has_value() &&
         (!a.unicast || a.unicast->source == b.unicast->source);
}

std::vector<Address> sorted_addresses(const InstanceConfig& config) {
  std::vector<Address> addresses;
  for (const InterfaceAddress& each : all_addresses(config)) addresses.push_back(each.address);
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

/// "192.0.2.1/32 and 3 more"
std::string first_of(const std::vector<InstalledAddress>& addresses) {
  std::string text = to_string(addresses.front().address);
  if (addresses.size() > 1) text += " and " + std::to_string(addresses.size() - 1) + " more";
  return text;
}

}  // namespace

tl::expected<std::unique_ptr<Writer>, std::string> Writer::open(Engine& engine, SharedPage* page,
                                                                bool is_real_time, Hooks hooks) {
  auto addresses = AddressWriter::open();
  if (!addresses) {
    return tl::unexpected("cannot open a netlink socket: " + addresses.error().message());
  }
  auto changed = std::make_shared<std::map<std::string, bool>>();
  auto links = LinkMonitor::open({.on_change = [changed](const std::string& name, bool has_lost) {
    (*changed)[name] = (*changed)[name] || has_lost;
  }});
  if (!links) return tl::unexpected("cannot watch the interfaces: " + links.error().message());
  return std::unique_ptr<Writer>(new Writer(engine, page, is_real_time, std::move(hooks),
                                            std::move(*addresses), std::move(*links),
                                            std::move(changed)));
}

Writer::Writer(Engine& engine, SharedPage* page, bool is_real_time, Hooks hooks,
               AddressWriter addresses, LinkMonitor links,
               std::shared_ptr<std::map<std::string, bool>> changed_links)
    : engine_(engine),
      page_(page),
      is_real_time_(is_real_time),
      hooks_(std::move(hooks)),
      links_(std::move(links)),
      changed_links_(std::move(changed_links)),
      addresses_(
          std::move(addresses), links_,
          [this](RouterId id, const AddressPlace& place) { return next_holder(id, place); },
          [this](const std::string& problem) { note(Severity::Error, problem); }),
      sockets_([this](const Delivery& delivery) { return ids_of(delivery); }) {
  send_host_macs();
  flush();
}

// Configuration.

void Writer::configure(const Config& config, bool may_stay) {
  if (is_leaving_) return;
  breathed_ = Clock::now();
  const auto before = std::exchange(config_, std::make_shared<const Config>(config));
  const ConfigIndex index_before = std::exchange(index_, ConfigIndex(*config_));
  const bool lease_changed = before->address_lease != config_->address_lease;
  may_stay_ = may_stay;
  std::map<std::pair<std::string, std::string>, bool> same_groups;  // before and now
  const auto goes_with_the_same = [&](const std::string& name_before, const std::string& name) {
    const std::pair groups(index_before.group_of(name_before), index_.group_of(name));
    const auto [known, is_new] = same_groups.try_emplace(groups);
    if (is_new) known->second = index_before.members_with(name_before) == index_.members_with(name);
    return known->second;
  };
  for (const auto& [id, managed] : managed_) {
    breathe();
    const InstanceConfig* wanted = index_.find(managed->config.key());
    if (wanted == nullptr || !is_same_router(*wanted, managed->config) ||
        !goes_with_the_same(managed->config.name, wanted->name)) {
      depart(*managed);
      continue;
    }
    if (managed->is_departing) continue;  // it comes back when it has gone
    managed->group = index_.group_of(wanted->name);
    if (*wanted != managed->config) reconfigure(*managed, *wanted);
    if (lease_changed && addresses_.are_held(id)) renew(*managed);
  }
  slowest_leave_ = slowest_leave();
  forget_lost_heirs();
  if (is_first_) sort_leftovers();
  admit();
  finish_departures();
  is_first_ = false;
  look_at_links();
  flush();
}

void Writer::reconfigure(Managed& managed, const InstanceConfig& config) {
  managed.config = config;
  managed.addresses = sorted_addresses(config);
  managed.status.name = config.name;
  tell(managed.id, Reconfigured{config});
  look_at(managed);  // what is a virtual address is no source address
}

/// Adds the instances that need not wait for others to leave.
void Writer::admit() {
  add_all();
  addresses_.let_go_of_moved(HeldAddresses::kNobody);
}

void Writer::add_all() {
  std::vector<const InstanceConfig*> wanted;
  for (const InstanceConfig& config : config_->instances) {
    // It is there, or on its way out.
    if (!ids_by_key_.contains(config.key())) wanted.push_back(&config);
  }
  if (wanted.empty()) return;
  const Leavers leavers = this->leavers();
  std::erase_if(wanted, [&](const InstanceConfig* config) {
    const auto all = all_addresses(*config);
    return leavers.names.contains(config->name) ||
           leavers.ids.contains({listening_place(*config), config->virtual_router_id}) ||
           std::any_of(all.begin(), all.end(), [&](const InterfaceAddress& each) {
             return leavers.addresses.contains(each);
           });
  });
  if (wanted.empty()) return;
  for (const InstanceConfig* config : wanted) add(*config);
  update_filters();
  send_groups();
  start();
}

Writer::Leavers Writer::leavers() const {
  Leavers leavers;
  for (const auto& [id, managed] : managed_) {
    if (!managed->is_departing) continue;
    leavers.names.insert(managed->config.name);
    leavers.ids.emplace(listening_place(managed->config), managed->config.virtual_router_id);
    const auto all = all_addresses(managed->config);
    leavers.addresses.insert(all.begin(), all.end());
  }
  return leavers;
}

void Writer::start() {
  std::vector<Managed*> starting;
  std::vector<PreviousRun> previous_runs;
  std::vector<StartMode> start_modes;
  std::map<std::string, std::vector<std::size_t>> groups;
  for (const auto& [id, managed] : managed_) {
    if (managed->problem != Reason::NotStarted) continue;
    adopt(*managed);
    if (!managed->group.empty()) groups[managed->group].push_back(starting.size());
    starting.push_back(managed.get());
    const bool has_some = has_any(links_.find(managed->config.interface), managed->config);
    previous_runs.push_back(previous_run_of(record_of(managed->config), has_some));
    start_modes.push_back(start_mode(*managed, previous_runs.back()));
  }
  for (const auto& [name, members] : groups) {
    std::vector<StartMode> agreed;
    for (const std::size_t member : members) agreed.push_back(start_modes[member]);
    agree(agreed);
    for (std::size_t i = 0; i < members.size(); ++i) start_modes[members[i]] = agreed[i];
  }
  std::vector<std::pair<RouterId, Event>> later;  // once all members of a group have begun
  for (std::size_t i = 0; i < starting.size(); ++i) {
    Managed& managed = *starting[i];
    breathe();
    look_at(managed);
    tell(managed.id, ReadinessChanged{is_ready_});
    const bool is_owner = managed.config.priority == kOwnerPriority;
    const std::vector<Event> events =
        start_events(start_modes[i], previous_runs[i], may_stay_, is_owner);
    tell(managed.id, events.front());
    for (std::size_t next = 1; next < events.size(); ++next) {
      later.emplace_back(managed.id, events[next]);
    }
  }
  for (const auto& [id, event] : later) tell(id, event);
}

void Writer::add(const InstanceConfig& config) {
  auto managed = std::make_unique<Managed>();
  managed->id = next_id_++;
  managed->config = config;
  managed->addresses = sorted_addresses(config);
  managed->group = index_.group_of(config.name);
  managed->status.name = config.name;
  std::optional<std::size_t> place;
  if (page_ != nullptr) place = page_->claim(config.key());
  post(AddRouter{.id = managed->id,
                 .config = config,
                 .is_grouped = !managed->group.empty(),
                 .page_place = place});
  ids_by_key_.emplace(config.key(), managed->id);
  listeners_[listening_place(config)].insert(config.virtual_router_id);
  managed_.emplace(managed->id, std::move(managed));
}

Writer::ListeningPlace Writer::listening_place(const InstanceConfig& config) {
  return {config.link(), config.family,
          config.unicast ? std::optional(config.unicast->source) : std::nullopt};
}

void Writer::send_groups() {
  std::map<std::string, std::vector<RouterId>> members;
  for (const auto& [id, managed] : managed_) {
    if (!managed->group.empty()) members[managed->group].push_back(id);
  }
  SetGroups request;
  for (const SyncGroupConfig& group : config_->sync_groups) {
    const auto found = members.find(group.name);
    if (found != members.end()) request.groups.push_back(std::move(found->second));
  }
  post(std::move(request));
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
  const Interface* interface = links_.find(managed.config.interface);
  for (const InterfaceAddress& address : held_before(record, interface, managed.config)) {
    addresses_.kernel().adopt(interface->index, address);
  }
}

StartMode Writer::start_mode(const Managed& managed, const PreviousRun& previous) {
  const Interface* interface = links_.find(managed.config.interface);
  const auto heir = take_heir(managed.config);
  if (heir && heir->has_addresses && has_any(interface, managed.config)) return StartMode::Resume;
  if (!is_first_) return StartMode::Fresh;
  return start_mode_of(previous, managed.config.advertisement_interval, Clock::now());
}

void Writer::sort_leftovers() {
  const auto installed = addresses_.kernel().read();
  if (!installed) {
    return note(Severity::Error, "cannot read the addresses: " + installed.error().message());
  }
  // Those of an instance that was Master are its own to resume or to release.
  std::set<AddressPlace> taken_up;
  for (const InstanceConfig& config : config_->instances) {
    const auto record = record_of(config);
    const Interface* interface = links_.find(config.interface);
    if (!record || record->state == PageState::NotMaster || interface == nullptr) continue;
    for (const InterfaceAddress& each : all_addresses(config)) {
      taken_up.emplace(interface->index, each);
    }
  }
  std::vector<InstalledAddress> leftovers;
  for (const InstalledAddress& each : *installed) {
    if (!each.is_ours) continue;
    if (taken_up.contains({each.interface_index, each.address})) {
      addresses_.kernel().take_up(each);
    } else {
      leftovers.push_back(each);
    }
  }
  if (leftovers.empty()) return;
  leftovers_ = first_of(leftovers);
  addresses_.remove_leftovers(leftovers);
  write_a_slice();
}

std::vector<std::string> Writer::problems() const {
  std::map<RouterKey, const Managed*> admitted;
  for (const auto& [id, managed] : managed_) {
    if (!managed->is_departing) admitted.emplace(managed->config.key(), managed.get());
  }
  const auto problem_before_start = [&](const InstanceConfig& config) {
    return why_unusable(links_.find(config.interface), links_.find(config.link()), config);
  };
  std::vector<std::string> texts;
  for (const InstanceConfig& config : config_->instances) {
    const auto there = admitted.find(config.key());
    const auto problem =
        there == admitted.end() ? problem_before_start(config) : there->second->problem;
    if (!problem) continue;
    texts.push_back("instance " + config.name + ": " + std::string(to_string(*problem)));
  }
  return texts;
}

// Leaving.

void Writer::depart(Managed& managed) {
  if (std::exchange(managed.is_departing, true)) return;
  managed.has_reported = false;  // a Leave is always answered
  tell(managed.id, Leave{LeaveFor::Stop});
}

void Writer::leave() {
  is_leaving_ = true;
  for (const auto& [id, managed] : managed_) depart(*managed);
  addresses_.let_go_of_moved(HeldAddresses::kNobody);  // who was still to come does not
  finish_departures();
  flush();
}

bool Writer::has_gone(const Managed& managed) {
  return managed.is_departing && managed.has_reported && managed.status.state == State::Initialize;
}

void Writer::finish_departures() {
  if (is_leaving_) {
    if (has_left_ || addresses_.has_work() ||
        !std::all_of(managed_.begin(), managed_.end(),
                     [](const auto& each) { return has_gone(*each.second); })) {
      return;
    }
    has_left_ = true;
    if (hooks_.on_left) hooks_.on_left();
    return;
  }
  // First who goes, then what that means: all of them are there to be asked.
  const std::vector<Managed*> going = this->going();
  for (const Managed* managed : going) leave_to_heir(*managed);
  for (Managed* managed : going) {
    managed->is_clearing = true;
    remove(*managed);  // also where nobody answered: the operator took it out
  }
  const auto cleared = std::erase_if(managed_, [this](const auto& each) {
    if (!each.second->is_clearing || addresses_.is_busy(each.first)) return false;
    bury(*each.second);
    return true;
  });
  if (cleared == 0) return;
  send_groups();
  update_filters();
  admit();
}

/// The members of a group go together: who is left needs to know of the others.
std::vector<Writer::Managed*> Writer::going() const {
  std::set<std::string> waiting;  // groups
  for (const auto& [id, managed] : managed_) {
    if (managed->is_departing && !has_gone(*managed)) waiting.insert(managed->group);
  }
  std::vector<Managed*> going;
  for (const auto& [id, managed] : managed_) {
    const bool may_go = managed->group.empty() || !waiting.contains(managed->group);
    if (has_gone(*managed) && !managed->is_clearing && may_go) going.push_back(managed.get());
  }
  return going;
}

void Writer::bury(const Managed& managed) {
  addresses_.forget(managed.id);
  ids_by_key_.erase(managed.config.key());
  const auto listeners = listeners_.find(listening_place(managed.config));
  listeners->second.erase(managed.config.virtual_router_id);
  if (listeners->second.empty()) listeners_.erase(listeners);
  post(RemoveRouter{managed.id});
  if (page_ != nullptr) page_->forget(managed.config.key());
}

// Commands.

void Writer::set_ready() {
  is_ready_ = true;
  for (const auto& [id, managed] : managed_) tell(id, ReadinessChanged{true});
  flush();
}

Writer::Failover Writer::failover(const std::vector<std::string>& names) {
  Failover result;
  std::set<std::string> wanted(names.begin(), names.end());
  std::map<std::string, Managed*> by_name;
  for (const auto& [id, managed] : managed_) {
    by_name.emplace(managed->config.name, managed.get());
    if (names.empty() && managed->status.state == State::Master)
      wanted.insert(managed->config.name);
  }
  for (const std::string& name : wanted) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) {
      result.known.emplace(name, FailoverOutcome::Unknown);
    } else if (found->second->status.state != State::Master) {
      result.known.emplace(name, FailoverOutcome::NotMaster);
    } else {
      found->second->failover.emplace(found->second->status);
      tell(found->second->id, Leave{LeaveFor::Failover});
      result.awaited.insert(name);
    }
  }
  flush();
  return result;
}

void Writer::resume(const std::vector<std::string>& names) {
  const std::set<std::string> meant(names.begin(), names.end());
  for (const auto& [id, managed] : managed_) {
    if (meant.empty() || meant.contains(managed->config.name)) tell(id, HoldChanged{false});
  }
  flush();
}

void Writer::ping(std::uint64_t sequence) {
  post(Echo{sequence});
  flush();
}

Writer::Managed* Writer::find(RouterId id) {
  const auto found = managed_.find(id);
  return found == managed_.end() ? nullptr : found->second.get();
}

void Writer::tell(RouterId id, Event event) {
  post(Deliver{.id = id, .event = std::move(event)});
}

void Writer::flush() {
  if (!outbox_.empty()) engine_.post(std::exchange(outbox_, {}));
}

void Writer::note(Severity severity, const std::string& text) {
  if (hooks_.on_note) hooks_.on_note({.severity = severity, .text = text});
}

}  // namespace evenkeel::vrrp
