// All commands of the control protocol.
//
// Pure.
#pragma once

#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "daemon/control/command_row.h"

namespace evenkeel::daemon {

/// In the order of the help.
[[nodiscard]] std::span<const CommandRow* const> command_rows();

/// The command of that name. UnknownCommand names those that there are.
[[nodiscard]] tl::expected<const CommandRow*, ProtocolError> find_command(std::string_view name);

}  // namespace evenkeel::daemon
