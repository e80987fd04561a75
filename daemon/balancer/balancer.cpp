#include "daemon/balancer/balancer.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "daemon/balancer/quorum.h"

namespace evenkeel::daemon {

using checks::Health;

namespace {

std::string subject(const ServiceConfig& service) {
  return "service " + service.name + ": ";
}

std::string server_text(const RealServerConfig& server) {
  const std::string key = ipvs::to_string(server.destination.key);
  return server.name == key ? key : server.name + " (" + key + ")";
}

/// The log line of a server's change, in the words people grep for.
Notice change_notice(const ServiceConfig& service, const RealServerConfig& server,
                     const ServerState& state, Usage usage_before) {
  const std::string what = server_text(server);
  switch (state.usage()) {
    case Usage::Used:
      if (usage_before == Usage::Used) {
        return {Severity::Info, subject(service) + what + " is up: " + state.cause()};
      }
      return {Severity::Info, subject(service) + "adding " + what + ": " + state.cause()};
    case Usage::Quiesced:
      return {Severity::Warning, subject(service) + "quiescing " + what + ": " + state.cause()};
    case Usage::Absent:
      break;
  }
  const std::string verb = usage_before == Usage::Absent ? "not adding " : "removing ";
  return {Severity::Warning, subject(service) + verb + what + ": " + state.cause()};
}

/// A weight that follows load may change with each run: people are told of the step to or from 0.
Notice weight_notice(const ServiceConfig& service, const RealServerConfig& server,
                     std::uint32_t before, std::uint32_t now) {
  const bool is_news = before == 0 || now == 0;
  return {is_news ? Severity::Info : Severity::Debug,
          subject(service) + "weight of " + server_text(server) + " changes from " +
              std::to_string(before) + " to " + std::to_string(now) + ": its script says so"};
}

bool is_longer(const checks::Standing& one, const checks::Standing& other) {
  return std::tie(one.against, one.health) < std::tie(other.against, other.health);
}

}  // namespace

const CheckState& Balancer::state_of(const CheckUse& use) const {
  if (use.is_track) return tracked_[use.check].checks().front();
  return services_[use.service].servers[use.real_server].checks()[use.check];
}

std::vector<checks::ListedCheck> Balancer::list_of(bool scripts) const {
  std::vector<checks::ListedCheck> list;
  if (!scripts) list.reserve(uses_.size());
  for (const auto& [id, uses] : uses_) {
    if (is_script(check_of(*config_, uses.front()).check) != scripts) continue;
    // Where servers differ, those that are down are apart from the others, and of each the one
    // counts that has the longest way to another health: no server's pace is missed.
    std::optional<checks::Standing> not_down, down;
    for (const CheckUse& use : uses) {
      const checks::Standing one = state_of(use).verdict.standing();
      auto& standing = one.health == Health::Down ? down : not_down;
      if (!standing || is_longer(one, *standing)) standing = one;
    }
    list.push_back({.id = id,
                    .check = check_of(*config_, uses.front()).check,
                    .not_down = not_down ? *not_down : *down,
                    .down = down ? *down : *not_down});
  }
  return list;
}

Balancer::ServiceState Balancer::state_under(const ServiceConfig& service,
                                             const std::vector<std::vector<checks::CheckId>>& ids,
                                             std::optional<std::size_t> before,
                                             TimePoint now) const {
  ServiceState state;
  std::map<ipvs::DestinationKey, const ServerState*> old_servers;
  if (before) {
    const ServiceState& old = services_[*before];
    state.has_quorum = old.has_quorum;
    state.is_evaluated = old.is_evaluated;
    state.is_starting = old.is_starting;
    const auto& servers = config_->services[*before].real_servers;
    for (std::size_t j = 0; j < servers.size(); ++j) {
      old_servers.emplace(servers[j].destination.key, &old.servers[j]);
    }
  }
  state.servers.reserve(service.real_servers.size());
  for (std::size_t j = 0; j < service.real_servers.size(); ++j) {
    const RealServerConfig& server = service.real_servers[j];
    ServerState& added = state.servers.emplace_back(server, ids[j], service.on_failure,
                                                    failure_removes(service), now);
    const auto same = old_servers.find(server.destination.key);
    if (same != old_servers.end()) added.inherit(*same->second, now);
    share_known(added, ids[j], now);
  }
  return state;
}

void Balancer::share_known(ServerState& state, const std::vector<checks::CheckId>& ids,
                           TimePoint now) const {
  for (std::size_t k = 0; k < ids.size(); ++k) {
    const auto known = uses_.find(ids[k]);
    if (known != uses_.end()) state.share(k, state_of(known->second.front()), now);
  }
}

std::vector<ServerState> Balancer::tracked_under(const Config& config,
                                                 const std::vector<checks::CheckId>& ids,
                                                 TimePoint now) const {
  std::map<std::string_view, const ServerState*> old_states;
  for (std::size_t i = 0; i < tracked_.size(); ++i) {
    old_states.emplace(config_->tracked.checks[i].name, &tracked_[i]);
  }
  std::vector<ServerState> states;
  states.reserve(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ServerCheck& check = config.tracked.checks[i];
    RealServerConfig nobody;
    nobody.checks = {check};
    ServerState& added = states.emplace_back(nobody, std::vector{ids[i]}, OnFailure::Remove,
                                             /*failure_removes=*/true, now);
    const auto same = old_states.find(check.name);
    if (same != old_states.end()) added.inherit(*same->second, now);
    share_known(added, {ids[i]}, now);
  }
  return states;
}

std::vector<Notice> Balancer::configure(std::shared_ptr<const Config> config, TimePoint now) {
  std::map<ipvs::ServiceKey, std::size_t> old_services;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    old_services.emplace(config_->services[i].service.key, i);
  }
  NamedChecks checks = ids_.configure(*config);
  std::vector<ServiceState> services;
  services.reserve(config->services.size());
  for (std::size_t i = 0; i < config->services.size(); ++i) {
    const auto old = old_services.find(config->services[i].service.key);
    const auto before = old == old_services.end() ? std::nullopt : std::optional(old->second);
    services.push_back(state_under(config->services[i], checks.ids[i], before, now));
  }
  std::vector<ServerState> tracked = tracked_under(*config, checks.tracked, now);
  config_ = std::move(config);
  uses_ = std::move(checks.uses);
  tracked_ = std::move(tracked);
  services_ = std::move(services);
  dirty_.clear();
  changed_.clear();
  weighed_.clear();
  std::vector<Notice> notices;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    dirty_.insert(i);
    changed_.insert(i);
    evaluate_quorum(i, notices);
  }
  return notices;
}

void Balancer::adopt(const ipvs::Table& actual, TimePoint now) {
  for (std::size_t i = 0; i < services_.size(); ++i) {
    const auto entry = actual.find(config_->services[i].service.key);
    if (entry == actual.end()) continue;
    for (std::size_t j = 0; j < services_[i].servers.size(); ++j) {
      const auto& key = config_->services[i].real_servers[j].destination.key;
      const auto destination = entry->second.destinations.find(key);
      if (destination != entry->second.destinations.end()) {
        services_[i].servers[j].adopt(destination->second.weight, now);
      } else {
        services_[i].servers[j].adopt_absence(now);
      }
    }
    // A sorry server that is in use stays in use until the quorum is evaluated.
    const auto& sorry = config_->services[i].sorry_server;
    if (sorry && !services_[i].is_evaluated && !is_real_server(i, sorry->key)) {
      const auto held = entry->second.destinations.find(sorry->key);
      const bool answers = held != entry->second.destinations.end() && held->second.weight > 0;
      if (answers) services_[i].has_quorum = false;
    }
    dirty_.insert(i);
  }
}

std::vector<Notice> Balancer::record(std::span<const checks::CheckOutcome> outcomes,
                                     TimePoint now) {
  std::vector<Notice> notices;
  std::set<std::size_t> touched = std::exchange(weighed_, {});
  for (const checks::CheckOutcome& outcome : outcomes) {
    const auto uses = uses_.find(outcome.id);
    if (uses == uses_.end()) continue;
    if (!is_script(check_of(*config_, uses->second.front()).check)) are_checks_lost_ = false;
    for (const CheckUse& use : uses->second) {
      if (use.is_track) {
        static_cast<void>(tracked_[use.check].record(0, outcome, now));
      } else {
        record_of_server(use, outcome, now, touched, notices);
      }
    }
  }
  for (const std::size_t service : touched) {
    evaluate_quorum(service, notices);
    changed_.insert(service);
  }
  return notices;
}

std::vector<Notice> Balancer::weigh(checks::CheckId id, std::optional<std::uint32_t> weight) {
  std::vector<Notice> notices;
  const auto uses = uses_.find(id);
  if (uses == uses_.end()) return notices;
  for (const CheckUse& use : uses->second) {
    if (use.is_track) continue;
    ServerState& state = services_[use.service].servers[use.real_server];
    const std::uint32_t before = weight_of(use.service, use.real_server);
    if (!state.weigh(use.check, weight)) continue;
    dirty_.insert(use.service);
    weighed_.insert(use.service);
    const std::uint32_t now = weight_of(use.service, use.real_server);
    if (state.usage() != Usage::Used || now == before) continue;
    const ServiceConfig& service = config_->services[use.service];
    notices.push_back(weight_notice(service, service.real_servers[use.real_server], before, now));
  }
  return notices;
}

void Balancer::record_of_server(const CheckUse& use, const checks::CheckOutcome& outcome,
                                TimePoint now, std::set<std::size_t>& touched,
                                std::vector<Notice>& notices) {
  const ServiceConfig& service = config_->services[use.service];
  const RealServerConfig& server = service.real_servers[use.real_server];
  ServerState& state = services_[use.service].servers[use.real_server];
  const Usage usage_before = state.usage();
  const Health health_before = state.health();
  const bool was_blind = state.is_blind();
  const bool had_outcomes = state.has_outcomes();
  const bool changed = state.record(use.check, outcome, now);
  if (state.is_blind() && !was_blind) {
    notices.push_back({Severity::Error, subject(service) + "cannot check " + server_text(server) +
                                            ": " + describe(outcome) +
                                            "; its last verdict stands"});
  }
  if (!services_[use.service].is_evaluated || !had_outcomes) touched.insert(use.service);
  if (!changed) return;
  if (state.usage() != usage_before || state.health() != health_before) {
    notices.push_back(change_notice(service, server, state, usage_before));
  }
  dirty_.insert(use.service);
  touched.insert(use.service);
}

std::vector<Notice> Balancer::first_round_done(TimePoint) {
  std::vector<Notice> notices;
  if (ready_) return notices;
  ready_ = true;
  notices.push_back({Severity::Info, "first round of checks done"});
  for (std::size_t i = 0; i < services_.size(); ++i) {
    evaluate_quorum(i, notices);
    changed_.insert(i);
  }
  return notices;
}

void Balancer::checks_lost() {
  are_checks_lost_ = std::any_of(uses_.begin(), uses_.end(), [this](const auto& each) {
    return !is_script(check_of(*config_, each.second.front()).check);
  });
  for (ServiceState& service : services_) {
    for (ServerState& server : service.servers) server.checks_lost();
  }
  for (ServerState& tracked : tracked_) tracked.checks_lost();
}

bool Balancer::knows_any_server() const {
  bool is_any_checked = false;
  for (const ServiceState& service : services_) {
    for (const ServerState& server : service.servers) {
      for (const CheckState& check : server.checks()) {
        if (check.verdict.has_evidence()) return true;
        is_any_checked = true;
      }
    }
  }
  return !is_any_checked;
}

bool Balancer::is_frozen() const {
  bool any = false;
  for (const ServiceState& service : services_) {
    for (const ServerState& server : service.servers) {
      if (!server.is_checked()) continue;
      if (!server.is_blind()) return false;
      any = true;
    }
  }
  return any;
}

ServiceHealth Balancer::health_of(std::size_t service) const {
  const ServiceState& state = services_[service];
  ServiceHealth health;
  health.is_known = state.is_evaluated && !state.is_starting;
  health.has_quorum = state.has_quorum;
  health.weight_up = weight_up(service);
  health.quorum = config_->services[service].quorum;
  std::size_t checked = 0, blind = 0;
  for (const ServerState& server : state.servers) {
    if (server.health() == Health::Down) ++health.down;
    if (!server.is_checked()) continue;
    ++checked;
    if (server.is_blind()) {
      ++blind;
    } else if (server.is_stale()) {
      health.is_stale = true;
    }
  }
  health.is_blind = checked > 0 && blind == checked;
  return health;
}

std::uint64_t Balancer::weight_up(std::size_t service) const {
  std::uint64_t weight = 0;
  for (std::size_t j = 0; j < services_[service].servers.size(); ++j) {
    if (services_[service].servers[j].usage() != Usage::Used) continue;
    weight += weight_of(service, j);
  }
  return weight;
}

std::uint32_t Balancer::weight_of(std::size_t service, std::size_t server) const {
  return services_[service].servers[server].weight(
      config_->services[service].real_servers[server].destination.weight);
}

std::uint32_t Balancer::servers_up(std::size_t service) const {
  const auto& servers = services_[service].servers;
  return static_cast<std::uint32_t>(
      std::count_if(servers.begin(), servers.end(),
                    [](const ServerState& server) { return server.usage() == Usage::Used; }));
}

bool Balancer::has_outcomes(const ServiceState& service) {
  return std::all_of(service.servers.begin(), service.servers.end(),
                     [](const ServerState& server) { return server.has_outcomes(); });
}

void Balancer::evaluate_quorum(std::size_t service, std::vector<Notice>& notices) {
  ServiceState& state = services_[service];
  if (!state.is_evaluated) {
    // Until every server has an outcome, no loss is told and no sorry server is put in (README.md,
    // Readiness).
    state.is_evaluated = ready_ && has_outcomes(state);
    if (!state.is_evaluated) return;
  }
  const ServiceConfig& config = config_->services[service];
  const std::uint64_t weight = weight_up(service);
  const bool now = has_quorum(state.has_quorum, weight, config.quorum, config.hysteresis);
  // A reload has brought servers without an outcome: the quorum is not lost before they have one.
  const bool was_well = state.has_quorum || state.is_starting;
  const bool is_starting = was_well && !now && !has_outcomes(state);
  const std::string count =
      " (" + std::to_string(weight) + " of " + std::to_string(config.quorum) + ")";
  if (was_well && !now && !is_starting) {
    notices.push_back({Severity::Error, subject(config) + "quorum lost" + count});
  }
  state.is_starting = is_starting;
  if (now == state.has_quorum) return;
  if (is_starting && weight > 0) return;  // the others serve meanwhile
  state.has_quorum = now;
  dirty_.insert(service);
  if (now) {
    notices.push_back({Severity::Info, subject(config) + "quorum gained" + count});
  } else if (is_starting) {
    notices.push_back({Severity::Info, subject(config) + "starting" + count +
                                           ": no real server has been checked yet"});
  }
  if (config.sorry_server) {
    const std::string server = ipvs::to_string(config.sorry_server->key);
    notices.push_back({Severity::Warning, subject(config) + (now ? "removing" : "adding") +
                                              " sorry server " + server});
  }
}

bool Balancer::is_starting(std::size_t service) const {
  const ServiceState& state = services_[service];
  if (are_checks_lost_) return false;
  if (state.is_evaluated) return state.is_starting;
  return weight_up(service) < config_->services[service].quorum && !has_outcomes(state);
}

bool Balancer::is_real_server(std::size_t service, const ipvs::DestinationKey& key) const {
  const auto& servers = config_->services[service].real_servers;
  return std::any_of(servers.begin(), servers.end(), [&key](const RealServerConfig& server) {
    return server.destination.key == key;
  });
}

bool Balancer::uses_sorry_server(std::size_t service) const {
  return config_->services[service].sorry_server && !services_[service].has_quorum;
}

ipvs::ServiceEntry Balancer::wanted_service(std::size_t service) const {
  const ServiceConfig& config = config_->services[service];
  ipvs::ServiceEntry entry;
  entry.service = config.service;
  const bool sorry = uses_sorry_server(service);
  for (std::size_t j = 0; j < config.real_servers.size(); ++j) {
    const Usage usage = services_[service].servers[j].usage();
    if (usage == Usage::Absent) continue;
    ipvs::Destination destination = config.real_servers[j].destination;
    destination.weight = weight_of(service, j);
    // Real servers without a quorum are too few for the load: while the sorry server is in use they
    // keep their connections and take no new ones.
    if (usage == Usage::Quiesced || sorry) destination.weight = 0;
    entry.destinations.emplace(destination.key, destination);
  }
  if (sorry) entry.destinations.insert_or_assign(config.sorry_server->key, *config.sorry_server);
  return entry;
}

ipvs::Table Balancer::wanted() const {
  ipvs::Table table;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    table.emplace(config_->services[i].service.key, wanted_service(i));
  }
  return table;
}

std::set<std::size_t> Balancer::take_dirty() {
  return std::exchange(dirty_, {});
}

}  // namespace evenkeel::daemon
