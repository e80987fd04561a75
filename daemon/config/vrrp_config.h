// The part of the configuration that the vrrp process gets.
//
// Pure.
#pragma once

#include <cstddef>
#include <span>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/fields/bytes.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

/// By the tables of vrrp/config.h. Equal configurations give equal bytes.
[[nodiscard]] std::vector<std::byte> encode_vrrp(const vrrp::Config& config);
/// The inverse. Whoever reads is the same program as whoever wrote: ranges are not judged again.
/// Values that do not go together (vrrp_rules.h) are BytesError::BadValue.
[[nodiscard]] tl::expected<vrrp::Config, fields::BytesError> decode_vrrp(
    std::span<const std::byte> bytes);

}  // namespace evenkeel::daemon
