// bash's completion of `evenkeel`: its rows, from the subcommands' words.
//
// Pure.
#pragma once

#include <string>

#include "daemon/ctl/help.h"

namespace evenkeel::ctl {

/// The cases of packaging/completion.bash.in: what may follow each subcommand, "" being none yet.
[[nodiscard]] std::string completion_rows(const Subcommands& subcommands);

}  // namespace evenkeel::ctl
