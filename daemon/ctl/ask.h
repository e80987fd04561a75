// Asks the daemon, and shows its answer: text and documents as they come.
#pragma once

#include <string>

#include "daemon/control/command_row.h"
#include "daemon/ctl/command_line.h"

namespace evenkeel::ctl {

/// Once, or with --watch for ever. The exit code.
[[nodiscard]] int ask(const daemon::CommandRow& row, const std::string& socket, CommandLine line);

}  // namespace evenkeel::ctl
