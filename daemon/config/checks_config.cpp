#include "daemon/config/checks_config.h"

#include <unordered_map>

#include "daemon/fields/byte_walker.h"

namespace evenkeel::daemon {
namespace {

struct CheckHash {
  std::size_t operator()(const checks::Check& check) const { return checks::hash_value(check); }
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

std::vector<std::byte> encode_checks(const std::vector<checks::Check>& list) {
  return fields::to_bytes(list);  // whoever reads refuses what is above the limit
}

tl::expected<std::vector<checks::Check>, fields::BytesError> decode_checks(
    std::span<const std::byte> bytes) {
  return fields::from_bytes<std::vector<checks::Check>>(bytes, fields::AtMost{kMaxChecks});
}

}  // namespace evenkeel::daemon
