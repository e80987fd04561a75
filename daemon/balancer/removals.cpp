#include "daemon/balancer/removals.h"

#include <map>
#include <set>

namespace evenkeel::daemon {

namespace {

std::optional<std::string> judge(std::size_t removed, std::size_t total, const char* what,
                                 MaxRemovals limit) {
  if (removed * 100 <= total * limit.percent) return std::nullopt;
  return "the new configuration removes " + std::to_string(removed) + " of " +
         std::to_string(total) + " " + what + " (" + std::to_string(removed * 100 / total) +
         " %), max_removals in force is " + std::to_string(limit.percent) + " %";
}

}  // namespace

std::optional<std::string> too_many_removals(const Config& before, const Config& after,
                                             MaxRemovals limit) {
  std::map<ipvs::ServiceKey, std::set<ipvs::DestinationKey>> kept;
  for (const ServiceConfig& service : after.services) {
    auto& servers = kept[service.service.key];
    for (const RealServerConfig& server : service.real_servers) {
      servers.insert(server.destination.key);
    }
  }
  std::size_t services_removed = 0;
  std::size_t servers = 0;
  std::size_t servers_removed = 0;
  for (const ServiceConfig& service : before.services) {
    servers += service.real_servers.size();
    const auto same = kept.find(service.service.key);
    if (same == kept.end()) {
      ++services_removed;
      servers_removed += service.real_servers.size();
      continue;
    }
    for (const RealServerConfig& server : service.real_servers) {
      if (!same->second.contains(server.destination.key)) ++servers_removed;
    }
  }
  auto why = judge(services_removed, before.services.size(), "virtual services", limit);
  return why ? why : judge(servers_removed, servers, "real servers", limit);
}

}  // namespace evenkeel::daemon
