// Starting a program: fork, the child's way to its exec, and what comes back of it.
//
// Of a process with one thread: between fork and exec the child makes system calls only.
//
// The child takes its steps in the order of RunStep (run.h). It begins a session, so that its
// process group is its own. It becomes the program's user, holds no capability, and is told of our
// death by SIGKILL. Its descriptors are /dev/null and twice the output pipe, and no others; its
// signals are as after a boot. A step that fails comes back through a pipe that the exec closes.
//
// A program of root cannot be run with no_new_privs: the kernel would give it no capability. Its
// exec gives it the bounding set, which is more than we have, and for that the kernel takes back
// that it is told of our death.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/os/unique_fd.h"
#include "daemon/spawner/program.h"
#include "daemon/spawner/run.h"

namespace evenkeel::daemon {

struct LaunchError {
  RunStep step;
  int number;  ///< errno
};

struct Launched {
  pid_t pid = 0;
  UniqueFd handle;   ///< a pidfd
  UniqueFd output;   ///< stdout and stderr, to be read without waiting
  UniqueFd failure;  ///< for failure_of()
};

struct LaunchOptions {
  int null_device = -1;             ///< /dev/null, open for reading
  std::uint32_t process_limit = 0;  ///< RLIMIT_NPROC
  bool may_change_user = false;  ///< we have CAP_SETUID and CAP_SETGID: without, a program is run
                                 ///< only as who we are
  int control_group = -1;        ///< cgroup.procs of the one that it is to be in; -1 = ours
};

[[nodiscard]] tl::expected<Launched, LaunchError> launch(
    const Program& program, const std::vector<std::string>& environment,
    const LaunchOptions& options);

/// Of a child that is dead: the step that failed before its exec; nothing: it was executed.
[[nodiscard]] std::optional<LaunchError> failure_of(const Launched& child);

}  // namespace evenkeel::daemon
