#include "vrrp/writer.h"

#include <algorithm>

#include "vrrp/interface_use.h"

namespace evenkeel::vrrp {
namespace {

using Clock = std::chrono::steady_clock;

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
          [this](const std::string& problem) { note(Severity::Error, problem); }) {
  send_host_macs();
  flush();
}

// Configuration.

void Writer::configure(const Config& config, bool may_stay) {
  if (stop_ != Stop::None) return;
  schedule_.paused = Clock::now();
  const std::vector<PresentInstance> present = this->present(true);
  const auto before = std::exchange(latest_.config, std::make_shared<const Config>(config));
  InstancePlan plan = plan_instances(*before, *latest_.config, present, next_id_);
  next_id_ = plan.next_id;
  latest_.index = ConfigIndex(std::move(plan.wanted));
  latest_.addresses = virtual_addresses(*latest_.config);
  latest_.groups.clear();
  for (const SyncGroupConfig& each : latest_.config->sync_groups) {
    latest_.groups.emplace(each.name, &each);
  }
  latest_.may_stay = may_stay;
  for (const InstanceStep& step : plan.steps) {
    pause_if_due();
    Managed& managed = *find(step.id);
    if (step.what == InstanceStep::What::Leave) {
      ask_to_leave(managed);
    } else {
      change(managed, step);
    }
  }
  follow_groups();
  update_followers();
  if (before->address_lease != latest_.config->address_lease) {
    for (const auto& [id, managed] : managed_) {
      pause_if_due();
      if (managed->phase == Phase::Runs && addresses_.are_held(id)) renew(*managed);
    }
  }
  latest_.slowest_leave = slowest_leave();
  replacements_.update(latest_.index);
  if (latest_.is_first) sort_leftovers();
  go_on(true);
  latest_.is_first = false;
  look_at_links();
  flush();
}

void Writer::change(Managed& managed, const InstanceStep& step) {
  managed.group = step.group;
  if (*step.config == managed.config) return;
  managed.config = *step.config;
  managed.addresses = sorted_addresses(managed.config);
  managed.status.name = managed.config.name;  // told when the engine knows it
  managed.group_tracks = tracks_of_group(managed.group);
  tell_configuration(managed);
  look_at(managed);  // what is a virtual address is no source address
}

Phase Writer::phase_of(const Managed& managed) const {
  if (managed.phase == Phase::Clears && !addresses_.is_busy(managed.id)) return Phase::HasGone;
  const bool has_left = managed.has_reported && managed.status.state == State::Initialize;
  return managed.phase == Phase::Leaves && has_left ? Phase::HasLeft : managed.phase;
}

std::vector<PresentInstance> Writer::present(bool with_waiting) const {
  std::vector<PresentInstance> present;
  for (const auto& [id, managed] : managed_) {
    present.push_back({.id = id,
                       .config = &managed->config,
                       .group = managed->group,
                       .phase = phase_of(*managed)});
    with_waiting = with_waiting || present.back().phase == Phase::HasGone;
  }
  for (const WantedInstance& each : latest_.index.all()) {
    if (!with_waiting || !waits(each.id)) continue;
    present.push_back({.id = each.id, .config = each.config, .group = each.group});
  }
  return present;
}

void Writer::go_on(bool is_new) {
  if (stop_ != Stop::None) return finish_stop();
  const std::vector<InstanceStep> steps = next_steps(present(is_new));
  clear(steps);
  bool is_forgetting = false;
  bool is_adding = false;
  for (const InstanceStep& step : steps) {
    if (step.what == InstanceStep::What::Forget) {
      is_forgetting = true;
      forget(*find(step.id));
      managed_.erase(step.id);
    } else if (step.what == InstanceStep::What::Add) {
      is_adding = true;
      add(step);
    }
  }
  if (is_forgetting || is_adding) {
    update_filters();
    send_groups();
    update_followers();
  }
  if (is_adding) start();
  if (is_forgetting || is_new) addresses_.let_go_of_moved(HeldAddresses::kNobody);
}

/// Every leaver is entered in replacements_ before any address is removed: remove() asks for all of
/// them.
void Writer::clear(const std::vector<InstanceStep>& steps) {
  std::vector<Managed*> clearing;
  for (const InstanceStep& step : steps) {
    if (step.what == InstanceStep::What::Clear) clearing.push_back(find(step.id));
  }
  for (const Managed* managed : clearing) {
    replacements_.leave(managed->id, managed->config, managed->status.is_held,
                        managed->status.reason == Reason::LeftUnanswered, latest_.index,
                        [this](RouterId id) { return waits(id); });
  }
  for (Managed* managed : clearing) {
    managed->phase = Phase::Clears;
    remove(*managed);  // also where nobody answered: the operator took it out
  }
}

void Writer::forget(const Managed& managed) {
  addresses_.forget(managed.id);
  sockets_.remove_id(listening_place(managed.config), managed.config.virtual_router_id);
  post(RemoveRouter{managed.id});
  if (page_ != nullptr) page_->forget(managed.config.key());
}

void Writer::add(const InstanceStep& step) {
  auto managed = std::make_unique<Managed>();
  managed->id = step.id;
  managed->config = *step.config;
  managed->addresses = sorted_addresses(managed->config);
  managed->group = step.group;
  managed->group_tracks = tracks_of_group(managed->group);
  managed->status.name = managed->config.name;
  std::optional<std::size_t> place;
  if (page_ != nullptr) place = page_->take_place(managed->config.key());
  post(AddRouter{.id = managed->id,
                 .config = managed->config,
                 .is_grouped = !managed->group.empty(),
                 .page_place = place});
  sockets_.add_id(listening_place(managed->config), managed->config.virtual_router_id);
  managed_.emplace(managed->id, std::move(managed));
}

void Writer::start() {
  std::vector<Managed*> starting;
  std::vector<PreviousRun> previous_runs;
  std::vector<StartMode> start_modes;
  std::map<std::string, std::vector<std::size_t>> groups;
  for (const auto& [id, managed] : managed_) {
    if (managed->problem != Reason::NotStarted) continue;
    const std::optional<Replacement> replacement = replacements_.take(id, managed->config);
    adopt(*managed, replacement);
    if (!managed->group.empty()) groups[managed->group].push_back(starting.size());
    starting.push_back(managed.get());
    const bool has_some = has_any(links_.find(managed->config.interface), managed->config);
    previous_runs.push_back(previous_run_of(record_of(managed->config), has_some));
    start_modes.push_back(start_mode(*managed, replacement, previous_runs.back()));
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
    pause_if_due();
    if (!managed.config.tracks.empty() || !managed.group_tracks.empty()) {
      tell_configuration(managed);
    }
    look_at(managed);
    tell(managed.id, ReadinessChanged{is_ready_});
    const bool is_owner = managed.config.priority == kOwnerPriority;
    const std::vector<Event> events =
        start_events(start_modes[i], previous_runs[i], latest_.may_stay, is_owner);
    tell(managed.id, events.front());
    for (std::size_t next = 1; next < events.size(); ++next) {
      later.emplace_back(managed.id, events[next]);
    }
  }
  for (const auto& [id, event] : later) tell(id, event);
}

void Writer::send_groups() {
  std::map<std::string, std::vector<RouterId>> members;
  for (const auto& [id, managed] : managed_) {
    if (!managed->group.empty()) members[managed->group].push_back(id);
  }
  SetGroups request;
  for (const SyncGroupConfig& group : latest_.config->sync_groups) {
    const auto found = members.find(group.name);
    if (found != members.end()) request.groups.push_back(std::move(found->second));
  }
  post(std::move(request));
}

std::optional<PageRecord> Writer::record_of(const InstanceConfig& config) const {
  return page_ == nullptr ? std::nullopt : page_->find(config.key());
}

/// Gives the instance the addresses that the process before, or the instance before it, has left.
void Writer::adopt(const Managed& managed, const std::optional<Replacement>& replacement) {
  const auto record = record_of(managed.config);
  if ((replacement && replacement->is_held) || (record && record->is_held)) {
    tell(managed.id, HoldChanged{true});
  }
  const Interface* interface = links_.find(managed.config.interface);
  for (const InterfaceAddress& address : held_before(record, interface, managed.config)) {
    addresses_.kernel().adopt(interface->index, address);
  }
}

StartMode Writer::start_mode(const Managed& managed, const std::optional<Replacement>& replacement,
                             const PreviousRun& previous) const {
  const Interface* interface = links_.find(managed.config.interface);
  if (replacement && replacement->takes_up_addresses && has_any(interface, managed.config)) {
    return StartMode::Resume;
  }
  if (!latest_.is_first) return StartMode::Fresh;
  return start_mode_of(previous, managed.config.advertisement_interval, Clock::now());
}

void Writer::sort_leftovers() {
  const auto installed = addresses_.kernel().read();
  if (!installed) {
    return note(Severity::Error, "cannot read the addresses: " + installed.error().message());
  }
  // Those of an instance that was Master are its own to resume or to release.
  std::set<AddressPlace> taken_up;
  for (const InstanceConfig& config : latest_.config->instances) {
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
  std::vector<std::string> texts;
  for (const WantedInstance& each : latest_.index.all()) {
    const InstanceConfig& config = *each.config;
    const Managed* managed = find(each.id);
    const std::optional<Reason> problem =
        managed != nullptr
            ? managed->problem
            : why_unusable(links_.find(config.interface), links_.find(config.link()), config);
    if (!problem) continue;
    texts.push_back("instance " + config.name + ": " + std::string(to_string(*problem)));
  }
  return texts;
}

// Leaving.

void Writer::ask_to_leave(Managed& managed) {
  if (managed.phase != Phase::Runs) return;
  managed.phase = Phase::Leaves;
  managed.has_reported = false;  // a Leave is always answered
  tell(managed.id, Leave{LeaveFor::Stop});
}

void Writer::leave() {
  stop_ = Stop::Leaving;
  for (const auto& [id, managed] : managed_) ask_to_leave(*managed);
  addresses_.let_go_of_moved(HeldAddresses::kNobody);  // no instance is added any more
  finish_stop();
  flush();
}

void Writer::finish_stop() {
  const auto has_left = [](const auto& each) {
    return each.second->has_reported && each.second->status.state == State::Initialize;
  };
  if (stop_ == Stop::Left || addresses_.has_work() ||
      !std::all_of(managed_.begin(), managed_.end(), has_left)) {
    return;
  }
  stop_ = Stop::Left;
  if (hooks_.on_left) hooks_.on_left();
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

Writer::Managed* Writer::find(RouterId id) const {
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
