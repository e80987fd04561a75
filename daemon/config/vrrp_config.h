// The vrrp process's part of a configuration as text: it travels in a sealed memfd, and it is kept
// in the runtime directory for `evenkeeld release`, which reads it when everybody else is dead.
//
// Pure. The text holds passwords: whoever writes it to a file makes that 0600.
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

enum class VrrpConfigError : std::uint8_t {
  Syntax,          ///< not JSON
  UnknownVersion,  ///< not ours, or of another version of the daemon
  Structure,       ///< a member is missing, or of another type
  BadValue,        ///< one out of its range
  Contradiction,   ///< values that do not go together (vrrp_rules.h)
  NotCanonical,  ///< not what encode_vrrp() makes: members that nobody knows or that are repeated,
                 ///< other spellings, blanks
};
constexpr auto words_of(VrrpConfigError) {
  using enum VrrpConfigError;
  return fields::words<VrrpConfigError>({{Syntax, "not JSON"},
                                         {UnknownVersion, "unknown version"},
                                         {Structure, "a member is missing or of another type"},
                                         {BadValue, "bad value"},
                                         {Contradiction, "values that do not go together"},
                                         {NotCanonical, "not in canonical form"}});
}

/// One line of JSON, versioned. Equal configurations give equal texts.
[[nodiscard]] std::string encode_vrrp(const vrrp::Config& config);
/// What the runtime directory keeps of a configuration.
struct VrrpRecord {
  vrrp::Config config;  ///< also instances on their way out: they may contradict the others
  std::string boot;     ///< the ID of the boot that it is of; "" = not known
  std::vector<std::string> unreadable;  ///< names of instances that are not in `config`
};
[[nodiscard]] std::string encode_vrrp_record(const vrrp::Config& config, std::string_view boot);
/// Tolerant: it may be of an older version of the daemon, or of a newer one. What is missing has
/// its default, what is not known is left out, and one instance that cannot be read costs no other.
[[nodiscard]] tl::expected<VrrpRecord, VrrpConfigError> decode_vrrp_record(std::string_view text);
/// The inverse. Every value is judged anew: nothing that the parser would refuse gets in, and only
/// one text is taken for each configuration.
[[nodiscard]] tl::expected<vrrp::Config, VrrpConfigError> decode_vrrp(std::string_view text);

}  // namespace evenkeel::daemon
