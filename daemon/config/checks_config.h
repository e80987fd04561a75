// The checks process's part of a configuration: every distinct check once, and who waits for its
// outcome.
//
// Pure. The list goes to the checks process in a sealed memfd; its bytes are made and read by one
// pair of functions here. The index of a check in the list is its CheckId.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "checks/check.h"
#include "daemon/config/config.h"
#include "daemon/fields/bytes.h"

namespace evenkeel::daemon {

/// One check of one real server, by index: config.services[service].real_servers[real_server]
/// .checks[check].
struct CheckUse {
  std::uint32_t service = 0;
  std::uint32_t real_server = 0;
  std::uint32_t check = 0;

  friend bool operator==(const CheckUse&, const CheckUse&) = default;
};

struct ChecksConfig {
  std::vector<checks::Check> checks;  ///< no two are equal; by CheckId
  /// ids[service][real_server][check]: which of them is this one.
  std::vector<std::vector<std::vector<checks::CheckId>>> ids;
  /// uses[id]: the inverse, in the order of the file; never empty.
  std::vector<std::vector<CheckUse>> uses;
};

/// Identical checks (kind, target and options) are made once, on however many services
/// they are. Ids are given in the order of the file.
[[nodiscard]] ChecksConfig checks_config(const Config& config);

constexpr std::uint32_t kMaxChecks = 4'000'000;

/// By the tables of check.h. Equal lists give equal bytes.
[[nodiscard]] std::vector<std::byte> encode_checks(const std::vector<checks::Check>& list);
/// The inverse. Whoever reads is the same program as whoever wrote: ranges are not judged again.
[[nodiscard]] tl::expected<std::vector<checks::Check>, fields::BytesError> decode_checks(
    std::span<const std::byte> bytes);

}  // namespace evenkeel::daemon
