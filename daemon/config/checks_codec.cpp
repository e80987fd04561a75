// encode_checks and decode_checks.
#include "daemon/config/checks_config.h"
#include "daemon/fields/byte_walker.h"

namespace evenkeel::daemon {

std::vector<std::byte> encode_checks(const std::vector<checks::Check>& list) {
  return fields::to_bytes(list);  // whoever reads refuses what is above the limit
}

tl::expected<std::vector<checks::Check>, fields::BytesError> decode_checks(
    std::span<const std::byte> bytes) {
  return fields::from_bytes<std::vector<checks::Check>>(bytes, fields::AtMost{kMaxChecks});
}

}  // namespace evenkeel::daemon
