#include "daemon/balancer/check_ids.h"

#include <utility>

namespace evenkeel::daemon {

const ServerCheck& check_of(const Config& config, const CheckUse& use) {
  if (use.is_track) return config.tracked.checks[use.check];
  return config.services[use.service].real_servers[use.real_server].checks[use.check];
}

NamedChecks CheckIds::configure(const Config& config) {
  NamedChecks result;
  auto before = std::exchange(ids_, {});
  const auto id_of = [&](const checks::Check& check) {
    auto found = ids_.find(check);
    if (found == ids_.end()) {
      auto known = before.extract(check);
      found = known ? ids_.insert(std::move(known)).position : ids_.emplace(check, next_++).first;
    }
    return found->second;
  };
  result.ids.resize(config.services.size());
  for (std::uint32_t s = 0; s < config.services.size(); ++s) {
    const std::vector<RealServerConfig>& servers = config.services[s].real_servers;
    result.ids[s].resize(servers.size());
    for (std::uint32_t r = 0; r < servers.size(); ++r) {
      for (std::uint32_t c = 0; c < servers[r].checks.size(); ++c) {
        const checks::CheckId id = id_of(servers[r].checks[c].check);
        result.ids[s][r].push_back(id);
        result.uses[id].push_back({.service = s, .real_server = r, .check = c});
      }
    }
  }
  for (std::uint32_t c = 0; c < config.tracked.checks.size(); ++c) {
    const checks::CheckId id = id_of(config.tracked.checks[c].check);
    result.tracked.push_back(id);
    result.uses[id].push_back({.check = c, .is_track = true});
  }
  return result;
}

}  // namespace evenkeel::daemon
