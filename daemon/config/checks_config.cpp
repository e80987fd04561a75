#include "daemon/config/checks_config.h"

#include <boost/asio/ip/address.hpp>
#include <unordered_map>

namespace evenkeel::daemon {
namespace {

template <typename Value>
std::size_t hash_of(const Value& value) {
  return std::hash<Value>{}(value);
}

/// What differs between most checks; equal checks have equal hashes, and equality decides.
struct CheckHash {
  std::size_t operator()(const checks::Check& check) const {
    std::size_t hash = hash_of(check.address);
    const auto mix = [&](std::size_t part) { hash = hash * 0x9e3779b97f4a7c15U + part; };
    mix(check.port);
    mix(check.probe.index());
    mix(hash_of(check.interval.count()));
    if (const auto* const http = std::get_if<checks::HttpCheck>(&check.probe)) {
      mix(hash_of(http->path));
      mix(hash_of(http->host));
    }
    return hash;
  }
};

}  // namespace

ChecksConfig checks_config(const Config& config) {
  ChecksConfig result;
  std::unordered_map<checks::Check, checks::CheckId, CheckHash> known;
  result.ids.resize(config.services.size());
  for (std::uint32_t s = 0; s < config.services.size(); ++s) {
    const std::vector<RealServerConfig>& servers = config.services[s].real_servers;
    result.ids[s].resize(servers.size());
    for (std::uint32_t r = 0; r < servers.size(); ++r) {
      for (std::uint32_t c = 0; c < servers[r].checks.size(); ++c) {
        const checks::Check& check = servers[r].checks[c].check;
        const auto next = static_cast<checks::CheckId>(result.checks.size());
        const auto [entry, is_new] = known.try_emplace(check, next);
        if (is_new) {
          result.checks.push_back(check);
          result.uses.emplace_back();
        }
        result.ids[s][r].push_back(entry->second);
        result.uses[entry->second].push_back({.service = s, .real_server = r, .check = c});
      }
    }
  }
  return result;
}

}  // namespace evenkeel::daemon
