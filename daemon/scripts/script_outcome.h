// A check of type "script" as a program of the spawner's, and what a run of it says.
//
// Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "checks/check.h"
#include "daemon/spawner/program.h"
#include "daemon/spawner/run.h"

namespace evenkeel::daemon {

struct User;

struct ScriptOutcome {
  checks::CheckOutcome outcome;
  std::optional<std::uint32_t> weight;  ///< that the script gives the server; nothing: none
};

/// Its environment names the real server: a request to run it says nothing but its number.
[[nodiscard]] Program program_of(const checks::Check& check, const User& user);

/// Exit status 0 passes, and 2 to 255 where they are weights. What could not be run, and what was
/// lost with the spawner, is a LocalError.
[[nodiscard]] ScriptOutcome outcome_of(checks::CheckId id, const checks::ScriptCheck& script,
                                       const RunEnded& ended);

}  // namespace evenkeel::daemon
