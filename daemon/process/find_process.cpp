#include "daemon/process/find_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

std::string read_proc(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string contents;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = file ? ::read(file.get(), buffer.data(), buffer.size()) : 0;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return contents;
    contents.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::optional<ProcessFacts> find_process(pid_t pid) {
  const std::string status = read_proc(fmt::format("/proc/{}/status", pid));
  if (!status.empty()) return parse_process_status(status);
  if (::kill(pid, 0) != 0 && errno == ESRCH) return std::nullopt;
  return ProcessFacts{.uid = std::nullopt, .parent = 0, .command = "?"};
}

}  // namespace evenkeel::daemon
