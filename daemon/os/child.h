// The steps that each start of a child process needs.
#pragma once

#include <cerrno>
#include <csignal>
#include <string>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <tl/expected.hpp>
#include <unistd.h>
#include <vector>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

/// For execve(2): ends with a null pointer, and points into `texts`.
[[nodiscard]] inline std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// The pidfd of a child of ours for which nobody has waited: its number cannot be another process's
/// yet. A child that gets none is killed and reaped, and errno returned.
[[nodiscard]] inline tl::expected<UniqueFd, int> handle_of(pid_t child) {
  // glibc 2.36 declares its function without extern "C".
  UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0U)));
  if (handle) return handle;
  const int error = errno;
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return tl::unexpected(error);
}

}  // namespace evenkeel::daemon
