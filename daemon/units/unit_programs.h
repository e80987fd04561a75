// The runs of systemctl for a configuration's units, for the spawner's list.
//
// Pure.
#pragma once

#include <map>
#include <string>

#include "daemon/config/config.h"
#include "daemon/fields/enum_array.h"
#include "daemon/spawner/program_ids.h"
#include "daemon/units/unit.h"

namespace evenkeel::daemon {

struct UnitProgramTable {
  std::map<std::string, UnitUse> uses;
  /// Of each task that the unit's use needs.
  std::map<std::string, fields::EnumArray<UnitTask, ProgramId>> programs;
};

/// Adds them to `ids`.
[[nodiscard]] UnitProgramTable unit_programs(const Config& config, ProgramIds& ids);

}  // namespace evenkeel::daemon
