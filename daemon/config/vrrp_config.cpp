#include "daemon/config/vrrp_config.h"

#include <utility>

#include "daemon/config/vrrp_rules.h"
#include "daemon/fields/byte_walker.h"

namespace evenkeel::daemon {

std::vector<std::byte> encode_vrrp(const vrrp::Config& config) {
  return fields::to_bytes(config);
}

tl::expected<vrrp::Config, std::string> decode_vrrp(std::span<const std::byte> bytes) {
  auto config = fields::from_bytes<vrrp::Config>(bytes);
  if (!config) return tl::unexpected(std::string(to_string(config.error())));
  const auto found = contradictions(*config);
  if (found.empty()) return std::move(*config);
  const VrrpSpot& at = found.front().at;
  const std::string whose = at.is_group() ? "sync group " + config->sync_groups[at.index].name
                                          : "instance " + config->instances[at.index].name;
  return tl::unexpected(whose + ": " + found.front().message);
}

}  // namespace evenkeel::daemon
