// Looking into /proc.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

#include "daemon/process/process_facts.h"

namespace evenkeel::daemon {

/// Nothing: there is no such process.
[[nodiscard]] std::optional<ProcessFacts> find_process(pid_t pid);
/// All of a file under /proc; "" where it cannot be read.
[[nodiscard]] std::string read_proc(const std::string& path);

}  // namespace evenkeel::daemon
