// The environment of a run. Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/spawner/program.h"
#include "daemon/spawner/run.h"

namespace evenkeel::daemon {

constexpr char kPath[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A variable twice, or a NUL within a value: what no main of ours sends.
[[nodiscard]] bool has_bad_settings(const RunRequest& run);

/// kPath, the program's entries, the run's settings, and nothing of our own. Of a name that is
/// there twice the last counts, in the place of the first.
[[nodiscard]] std::vector<std::string> environment_of(const Program& program,
                                                      const RunRequest& run);

}  // namespace evenkeel::daemon
