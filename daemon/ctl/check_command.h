// evenkeel check: is this configuration good? The one subcommand that asks no daemon.
#pragma once

#include "daemon/control/command_words.h"
#include "daemon/ctl/command_line.h"

namespace evenkeel::ctl {

extern const daemon::CommandWords kCheckWords;

/// The exit code, where it returns.
[[nodiscard]] int check(const CommandLine& line);

}  // namespace evenkeel::ctl
