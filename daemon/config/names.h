// What may be the name of a thing.
//
// Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace evenkeel::daemon {

/// Visible ASCII without spaces, 1..128 octets: what the command line and a log line can name.
[[nodiscard]] bool is_name(std::string_view text);

constexpr std::size_t kMaxInterfaceName = 15;  ///< octets: IFNAMSIZ with its zero
/// What the kernel takes as the name of a network device (dev_valid_name): 1..15 octets, neither
/// "." nor "..", without '/', ':', spaces and control characters.
[[nodiscard]] bool is_interface_name(std::string_view text);

}  // namespace evenkeel::daemon
