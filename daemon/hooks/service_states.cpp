#include "daemon/hooks/service_states.h"

#include <set>
#include <utility>

namespace evenkeel::daemon {
namespace {

using checks::Health;

bool has_server_hooks(const ServiceConfig& service) {
  return !service.hooks.on_up.empty() || !service.hooks.on_down.empty();
}

bool has_quorum_hooks(const ServiceConfig& service) {
  return !service.hooks.on_quorum.empty() || !service.hooks.on_quorum_lost.empty();
}

std::vector<Setting> settings_of(const ServiceConfig& service, const ipvs::Address& address,
                                 std::uint16_t port, std::uint64_t weight) {
  return {{Variable::Service, service.name},
          {Variable::Address, address.to_string()},
          {Variable::Port, std::to_string(port)},
          {Variable::Protocol, std::string(name(service.service.key.protocol))},
          {Variable::Weight, std::to_string(weight)}};
}

}  // namespace

void ServiceStates::configure(const Config& config) {
  std::set<HookOwner> present;
  for (const ServiceConfig& service : config.services) {
    if (has_quorum_hooks(service)) present.insert(owner_of(service));
    if (!has_server_hooks(service)) continue;
    for (const RealServerConfig& server : service.real_servers) {
      present.insert(owner_of(service, server));
    }
  }
  std::erase_if(told_, [&](const auto& each) { return !present.contains(each.first); });
}

std::vector<ToldEvent> ServiceStates::report(const Balancer& balancer, std::size_t service) {
  std::vector<ToldEvent> events;
  if (!balancer.is_ready()) return events;
  add_servers(balancer, service, "", events);
  add_service(balancer, service, "", events);
  return events;
}

std::vector<ToldEvent> ServiceStates::again(const Balancer& balancer, const std::string& reason) {
  std::vector<ToldEvent> events;
  if (!balancer.is_ready()) return events;
  for (std::size_t i = 0; i < balancer.config()->services.size(); ++i) {
    add_servers(balancer, i, reason, events);
    add_service(balancer, i, reason, events);
  }
  return events;
}

void ServiceStates::add_servers(const Balancer& balancer, std::size_t service,
                                const std::string& again, std::vector<ToldEvent>& events) {
  const ServiceConfig& config = balancer.config()->services[service];
  if (!has_server_hooks(config)) return;
  const std::vector<ServerState>& servers = balancer.servers_of(service);
  for (std::size_t j = 0; j < servers.size(); ++j) {
    const ServerState& state = servers[j];
    if (!state.is_checked() || !state.has_outcomes() || state.health() == Health::Unknown) continue;
    const RealServerConfig& server = config.real_servers[j];
    const bool is_up = state.health() == Health::Up;
    const auto& key = server.destination.key;
    const checks::CheckOutcome* outcome = state.deciding_outcome();
    ToldEvent told{.owner = owner_of(config, server),
                   .event = {.key = is_up ? HookKey::OnUp : HookKey::OnDown,
                             .state = is_up ? "up" : "down",
                             .reason = outcome ? std::string(name(outcome->reason)) : "",
                             .settings = settings_of(config, key.address, key.port,
                                                     state.weight(server.destination.weight))}};
    told.event.settings.push_back({Variable::RealServer, server.name});
    add(std::move(told), again, events);
  }
}

void ServiceStates::add_service(const Balancer& balancer, std::size_t service,
                                const std::string& again, std::vector<ToldEvent>& events) {
  const ServiceConfig& config = balancer.config()->services[service];
  if (!has_quorum_hooks(config)) return;
  const ServiceHealth health = balancer.health_of(service);
  if (!health.is_known) return;
  const auto& key = config.service.key;
  add({.owner = owner_of(config),
       .event = {.key = health.has_quorum ? HookKey::OnQuorum : HookKey::OnQuorumLost,
                 .state = health.has_quorum ? "quorum" : "quorum_lost",
                 .reason =
                     std::to_string(health.weight_up) + " of " + std::to_string(health.quorum),
                 .settings = settings_of(config, key.address, key.port, health.weight_up)}},
      again, events);
}

/// The first state of an owner is no change: the daemon has started, or the owner is new.
void ServiceStates::add(ToldEvent told, const std::string& again, std::vector<ToldEvent>& events) {
  const auto [known, is_first] = told_.try_emplace(told.owner, told.event.key);
  const bool is_changed = std::exchange(known->second, told.event.key) != told.event.key;
  if (is_first) {
    told.event.reason = "started";
  } else if (!is_changed) {
    if (again.empty()) return;
    told.event.reason = again;
    told.event.is_again = true;
  }
  events.push_back(std::move(told));
}

}  // namespace evenkeel::daemon
