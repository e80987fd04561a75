#include "daemon/process/find_process.h"

#include <cerrno>
#include <csignal>
#include <fmt/format.h>

#include "daemon/os/proc_file.h"

namespace evenkeel::daemon {

std::optional<ProcessFacts> find_process(pid_t pid) {
  const std::string status = read_proc(fmt::format("/proc/{}/status", pid));
  if (!status.empty()) return parse_process_status(status);
  if (::kill(pid, 0) != 0 && errno == ESRCH) return std::nullopt;
  return ProcessFacts{.uid = std::nullopt, .parent = 0, .command = "?"};
}

}  // namespace evenkeel::daemon
