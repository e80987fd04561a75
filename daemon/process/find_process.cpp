#include "daemon/process/find_process.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>

#include "daemon/os/unique_fd.h"
#include "daemon/os/whole_file.h"

namespace evenkeel::daemon {

std::string read_proc(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string contents;
  if (file) (void)read_all(file.get(), contents, contents.max_size());
  return contents;
}

std::optional<ProcessFacts> find_process(pid_t pid) {
  const std::string status = read_proc(fmt::format("/proc/{}/status", pid));
  if (!status.empty()) return parse_process_status(status);
  if (::kill(pid, 0) != 0 && errno == ESRCH) return std::nullopt;
  return ProcessFacts{.uid = std::nullopt, .parent = 0, .command = "?"};
}

}  // namespace evenkeel::daemon
