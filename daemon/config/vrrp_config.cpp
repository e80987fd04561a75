#include "daemon/config/vrrp_config.h"

#include "daemon/config/vrrp_rules.h"
#include "daemon/fields/byte_walker.h"

namespace evenkeel::daemon {

std::vector<std::byte> encode_vrrp(const vrrp::Config& config) {
  return fields::to_bytes(config);
}

tl::expected<vrrp::Config, fields::BytesError> decode_vrrp(std::span<const std::byte> bytes) {
  auto config = fields::from_bytes<vrrp::Config>(bytes);
  if (config && !contradictions(*config).empty()) {
    return tl::unexpected(fields::BytesError::BadValue);
  }
  return config;
}

}  // namespace evenkeel::daemon
