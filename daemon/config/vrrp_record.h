// The record of the virtual routers in the runtime directory, for `evenkeeld release`.
//
// Pure. One line of JSON, by the tables of vrrp/config.h; durations are nanoseconds, addresses text
// with their prefix length:
//
//   {"address_lease": true,
//    "boot": "6c1e...",
//    "evenkeel": "vrrp",
//    "instances": [{"address_conflict": "warn", "advertisement_interval": 1000000000, ...}],
//    "sync_groups": [{"instances": ["web", "inside"], "name": "both"}],
//    "version": 1}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/fields/words.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

using fields::to_string;

struct VrrpRecord {
  vrrp::Config config;  ///< also instances on their way out: they may contradict the others
  std::string boot;     ///< the ID of the boot that it is of; "" = not known
  std::vector<std::string> unreadable;  ///< names of instances that are not in `config`
};

enum class VrrpRecordError : std::uint8_t {
  Syntax,     ///< not JSON
  Structure,  ///< no list of instances
};
constexpr auto words_of(VrrpRecordError) {
  using enum VrrpRecordError;
  return fields::words<VrrpRecordError>(
      {{Syntax, "not JSON"}, {Structure, "a member is missing or of another type"}});
}

/// The text holds passwords: its file is 0600.
[[nodiscard]] std::string encode_vrrp_record(const vrrp::Config& config, std::string_view boot);
/// Tolerant: it may be of an older version of the daemon, or of a newer one. What is missing has
/// its default, what is not known is left out, and one instance that cannot be read costs no other.
[[nodiscard]] tl::expected<VrrpRecord, VrrpRecordError> decode_vrrp_record(std::string_view text);

}  // namespace evenkeel::daemon
