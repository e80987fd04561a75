// The programs of a configuration's hooks, for the spawner's list.
//
// Pure.
#pragma once

#include <map>
#include <string>

#include "daemon/config/config.h"
#include "daemon/config/program_files.h"
#include "daemon/hooks/hook.h"
#include "daemon/spawner/program_ids.h"

namespace evenkeel::daemon {

struct HookProgramTable {
  std::map<HookOwner, HookPrograms> by_owner;   ///< of those that have hooks
  std::map<ProgramId, std::string> files;       ///< what each executes
  std::map<ProgramId, std::string> unrunnable;  ///< why, of those that are not on the list
};

/// Adds them to `ids`. A program whose user does not exist is on no list.
[[nodiscard]] HookProgramTable hook_programs(const Config& config, const Users& users,
                                             ProgramIds& ids);

}  // namespace evenkeel::daemon
