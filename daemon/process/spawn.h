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

/// Runs `executable` with `arguments` ([0] included), descriptor `channel` as `channel_number`, its
/// stderr ours, its stdin /dev/null and no other descriptor of ours whatever its flags; no
/// signal ignored, and SIGTERM, SIGINT, SIGHUP and their like blocked until the child has said what
/// it does about them (obey_only_the_channel in sandbox.h).
///
/// The cost does not grow with our memory: posix_spawn shares it until the exec.
[[nodiscard]] tl::expected<ChildProcess, std::error_code> spawn(
    const std::string& executable, const std::vector<std::string>& arguments, int channel,
    int channel_number);

/// SIGKILL; needs CAP_KILL for a child that has changed its user, and raises it for the moment.
void kill_child(const ChildProcess& child);

/// "exit status 1", "killed by signal 9"; "gone" where the kernel cannot tell. Takes the dead child
/// off the process table: once, after `handle` is readable; blocks until then.
[[nodiscard]] std::string reap(const ChildProcess& child);

}  // namespace evenkeel::daemon
