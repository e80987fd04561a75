// The list of checks as the checks process is given it: the content of a sealed memfd.
//
// Pure. Written and read by this pair of functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "checks/check_list.h"
#include "daemon/config/config.h"
#include "daemon/fields/bytes.h"

namespace evenkeel::daemon {

/// The longest list that the checks process accepts.
struct ListLimits {
  std::uint32_t checks = 4'000'000;
  std::size_t octets = std::size_t{1} << 30U;  ///< far more than so many ordinary ones have
};

static_assert(ListLimits().checks == 4'000'000, "evenkeel.toml(5) says so");

/// Why the list of a configuration's checks would be refused; nothing: it would not.
[[nodiscard]] std::optional<std::string> why_refused(const Config& config,
                                                     const ListLimits& limits = {});

/// By the tables of check_list.h. Equal lists give equal bytes.
[[nodiscard]] std::vector<std::byte> encode_checks(const std::vector<checks::ListedCheck>& list);
/// The inverse. Ids that do not ascend are refused. Whoever reads is the same program as whoever
/// wrote: ranges are not judged again.
[[nodiscard]] tl::expected<std::vector<checks::ListedCheck>, fields::BytesError> decode_checks(
    std::span<const std::byte> bytes);

}  // namespace evenkeel::daemon
