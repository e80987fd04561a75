// Starting a child process and knowing how it ended.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <system_error>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

struct ChildProcess {
  pid_t pid = 0;
  UniqueFd handle;  ///< a pidfd: readable when it has died; names this process and no later one
};

/// Runs `executable` with `arguments` ([0] included). The child's descriptors are `channel` under
/// the number `channel_number`, our stderr, /dev/null as stdin, and no others, whatever their
/// flags. It ignores no signal. SIGTERM, SIGINT, SIGHUP and their like are blocked until it has
/// decided what to do with them (ignore_outside_signals() in sandbox.h).
///
/// The cost does not grow with our memory: posix_spawn shares it until the exec.
[[nodiscard]] tl::expected<ChildProcess, std::error_code> spawn(
    const std::string& executable, const std::vector<std::string>& arguments, int channel,
    int channel_number);

/// Sends SIGKILL, with CAP_KILL raised for the call: the child may have changed its user.
void kill_child(const ChildProcess& child);

/// "exit status 1", "killed by signal 9"; "gone" where the kernel cannot tell. Takes the dead child
/// off the process table: once, after `handle` is readable; blocks until then.
[[nodiscard]] std::string reap(const ChildProcess& child);

}  // namespace evenkeel::daemon
