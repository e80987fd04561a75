// The rules for names: for those that the file gives, and for those of interfaces.
//
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "vrrp/types.h"

namespace evenkeel::daemon {

using vrrp::kMaxName;
/// Visible ASCII without spaces, 1..kMaxName octets: what the command line and a log line can name.
[[nodiscard]] bool is_name(std::string_view text);
/// "1 .. 64 visible ASCII characters without spaces", for messages.
[[nodiscard]] std::string name_rule();

constexpr std::size_t kMaxInterfaceName = 127;  ///< octets: ALTIFNAMSIZ without its zero
/// A network device's name (dev_valid_name) or alternative name: 1..127 octets, neither "." nor
/// "..", without '/', ':', spaces and control characters.
[[nodiscard]] bool is_interface_name(std::string_view text);

constexpr std::size_t kMaxProcessName = 15;  ///< octets: TASK_COMM_LEN without its zero
/// Without control characters, not empty.
[[nodiscard]] bool is_argument(std::string_view text);
/// From the root, without control characters; not that of a directory ("/a/").
[[nodiscard]] bool is_absolute_path(std::string_view text);

}  // namespace evenkeel::daemon
