// The services' part of a snapshot.
#include "daemon/balancer/balancer.h"

namespace evenkeel::daemon {

using checks::Health;

namespace {

/// Without its counters. `sorry`: the sorry server serves in its place.
RealServerSnapshot snapshot_of(const RealServerConfig& config, const ServerState& state, bool sorry,
                               const Clocks& clocks) {
  RealServerSnapshot server;
  server.name = config.name;
  server.destination = config.destination;
  server.usage = state.usage() == Usage::Used && sorry ? Usage::Quiesced : state.usage();
  server.weight = server.usage == Usage::Used ? state.weight(server.destination.weight) : 0;
  server.health = state.health();
  server.is_checked = state.is_checked();
  server.is_adopted = state.is_adopted();
  server.is_stale = state.is_stale();
  server.since = clocks.wall_time(state.since());
  if (const auto* outcome = state.deciding_outcome()) server.last = *outcome;
  server.explanation = state.explanation();
  return server;
}

RealServerSnapshot snapshot_of_sorry_server(const ipvs::Destination& destination, bool is_used,
                                            bool is_starting) {
  RealServerSnapshot server;
  server.name = "sorry server";
  server.destination = destination;
  server.is_sorry_server = true;
  server.is_checked = false;
  server.health = Health::Up;
  server.usage = is_used ? Usage::Used : Usage::Absent;
  server.weight = is_used ? destination.weight : 0;
  server.explanation = !is_used      ? "standing by"
                       : is_starting ? "in use: starting"
                                     : "in use: quorum lost";
  return server;
}

}  // namespace

std::vector<ServiceSnapshot> Balancer::snapshot(
    const std::map<ipvs::ServiceKey, ipvs::ServiceCounters>& counters, const Clocks& clocks) const {
  std::vector<ServiceSnapshot> result;
  result.reserve(services_.size());
  for (std::size_t i = 0; i < services_.size(); ++i) {
    const auto counted = counters.find(config_->services[i].service.key);
    result.push_back(
        snapshot_of(i, counted == counters.end() ? nullptr : &counted->second, clocks));
  }
  return result;
}

ServiceSnapshot Balancer::snapshot_of(std::size_t i, const ipvs::ServiceCounters* counters,
                                      const Clocks& clocks) const {
  const ServiceConfig& config = config_->services[i];
  const ServiceState& state = services_[i];
  const bool sorry = uses_sorry_server(i);

  ServiceSnapshot service;
  service.name = config.name;
  service.service = config.service;
  service.quorum = config.quorum;
  // A quorum that does not count yet (readiness) is shown by the weight that is up now.
  service.has_quorum = state.is_evaluated || sorry ? state.has_quorum && !state.is_starting
                                                   : weight_up(i) >= config.quorum;
  service.is_starting = is_starting(i);
  service.up = servers_up(i);
  service.total = static_cast<std::uint32_t>(state.servers.size());
  service.real_servers.reserve(state.servers.size() + (config.sorry_server ? 1 : 0));
  for (std::size_t j = 0; j < state.servers.size(); ++j) {
    service.real_servers.push_back(
        daemon::snapshot_of(config.real_servers[j], state.servers[j], sorry, clocks));
  }
  if (config.sorry_server) {
    service.real_servers.push_back(
        snapshot_of_sorry_server(*config.sorry_server, sorry, service.is_starting));
  }
  if (counters == nullptr) return service;
  service.statistics = counters->statistics;
  for (RealServerSnapshot& server : service.real_servers) {
    const auto found = counters->destinations.find(server.destination.key);
    if (found != counters->destinations.end()) server.counters = found->second;
  }
  return service;
}

}  // namespace evenkeel::daemon
