// What came of a failover or a resume, as an answer line of protocol.h.
//
// Pure.
#pragma once

#include <string>
#include <vector>

#include "daemon/control/commands.h"

namespace evenkeel::daemon {

/// With its newline. `are_named`: the client named instances; if not, those that were not Master
/// were not asked for and are left out.
[[nodiscard]] std::string failover_line(const InstanceCommandResult& result, bool are_named);

/// `instances`: those that are not held any more.
[[nodiscard]] std::string resume_line(const InstanceCommandResult& result,
                                      const std::vector<std::string>& instances);

}  // namespace evenkeel::daemon
