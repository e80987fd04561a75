// The part of the configuration that the vrrp process gets.
//
// Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "vrrp/config.h"

namespace evenkeel::daemon {

/// By the tables of vrrp/config.h. Equal configurations give equal bytes.
[[nodiscard]] std::vector<std::byte> encode_vrrp(const vrrp::Config& config);
/// The inverse. Whoever reads is the same program as whoever wrote: ranges are not judged again.
/// The error, for the log: "truncated", or what does not go together (vrrp_rules.h), with the name
/// of the instance or sync group.
[[nodiscard]] tl::expected<vrrp::Config, std::string> decode_vrrp(std::span<const std::byte> bytes);

}  // namespace evenkeel::daemon
