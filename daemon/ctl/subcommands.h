// All that `evenkeel` can be told, in the order of its help: the daemon's commands, and `check`.
#pragma once

#include "daemon/control/command_rows.h"
#include "daemon/ctl/check_command.h"
#include "daemon/ctl/help.h"

namespace evenkeel::ctl {

[[nodiscard]] inline Subcommands all_subcommands() {
  Subcommands all;
  for (const daemon::CommandRow* row : daemon::command_rows()) all.push_back(&row->words);
  all.push_back(&kCheckWords);
  return all;
}

}  // namespace evenkeel::ctl
