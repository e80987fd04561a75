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
  vrrp::Config config;  ///< with instances that are leaving: they may contradict the others
  std::string boot;     ///< the ID of the boot that wrote it; "" = not known
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
/// Tolerant: an older or a newer version of the daemon may have written the text. A missing member
/// has its default, an unknown one is left out, and an unreadable instance does not affect the
/// others.
[[nodiscard]] tl::expected<VrrpRecord, VrrpRecordError> decode_vrrp_record(std::string_view text);

}  // namespace evenkeel::daemon
