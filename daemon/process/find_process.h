// Looking for a process in /proc.
#pragma once

#include <optional>
#include <sys/types.h>

#include "daemon/process/process_facts.h"

namespace evenkeel::daemon {

/// Nothing: there is no such process.
[[nodiscard]] std::optional<ProcessFacts> find_process(pid_t pid);

}  // namespace evenkeel::daemon
