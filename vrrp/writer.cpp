#include "vrrp/writer.h"

#include <algorithm>

#include "vrrp/interface_use.h"

namespace evenkeel::vrrp {
namespace {

using Clock = std::chrono::steady_clock;

/// True: the engine's instance can go on with the new configuration (Reconfigured).
bool is_same_router(const InstanceConfig& a, const InstanceConfig& b) {
  return a.key() == b.key() && a.version == b.version &&
         a.unicast.has_value() == b.unicast.has_value() &&
         (!a.unicast || a.unicast->source == b.unicast->source);
}

/// Who goes together with it; empty: it is in no sync group.
std::set<RouterKey> group_members(const Config& config, const std::string& name) {
  const std::string group = sync_group_of(config, name);
  std::set<RouterKey> members;
  for (const InstanceConfig& each : config.instances) {
    if (!group.empty() && sync_group_of(config, each.name) == group) members.insert(each.key());
  }
  return members;
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
      sockets_([this](const Delivery& delivery) { return ids_of(delivery); }) {
  send_host_macs();
}

// Configuration.

void Writer::configure(const Config& config, bool may_stay) {
  if (is_leaving_) return;
  const bool lease_changed = config.address_lease != config_.address_lease;
  const Config before = std::exchange(config_, config);
  may_stay_ = may_stay;
  for (const auto& managed : managed_) {
    const auto wanted =
        std::find_if(config.instances.begin(), config.instances.end(),
                     [&](const auto& each) { return is_same_router(each, managed->config); });
    if (wanted == config.instances.end() ||
        group_members(config, wanted->name) != group_members(before, managed->config.name)) {
      depart(*managed);
      continue;
    }
    if (managed->is_departing) continue;  // it comes back when it has gone
    managed->group = sync_group_of(config, wanted->name);
    if (*wanted != managed->config) {
      managed->config = *wanted;
      managed->status.name = wanted->name;
      tell(managed->id, Reconfigured{*wanted});
      look_at(*managed);  // what is a virtual address is no source address
    }
    if (lease_changed && addresses_.are_held(managed->id)) (void)renew(*managed);
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
  const Interface* interface = links_.find(managed.config.interface);
  for (const InterfaceAddress& address : held_before(record, interface, managed.config)) {
    addresses_.kernel().adopt(interface->index, address);
  }
}

Beginning Writer::beginning(const Managed& managed) {
  const Interface* interface = links_.find(managed.config.interface);
  const bool has_some = has_any(interface, managed.config);
  const auto heir = heirs_.extract(managed.config.name);
  if (heir && heir.mapped().has_addresses && has_some) return Beginning::Resume;
  if (!is_first_) return Beginning::Fresh;
  return beginning_of(record_of(managed.config), has_some, managed.config.advertisement_interval,
                      Clock::now());
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
