// Which processes a track follows, by what /proc shows of them.
//
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "daemon/config/tracked.h"

namespace evenkeel::daemon {

/// Of /proc/PID/status.
struct ProcessState {
  bool is_dead = false;  ///< a zombie: it runs no longer
  uid_t uid = 0;         ///< the effective one

  friend bool operator==(const ProcessState&, const ProcessState&) = default;
};
/// Nothing: it is not such a file.
[[nodiscard]] std::optional<ProcessState> parse_process_state(std::string_view status);

/// `comm`: all of /proc/PID/comm.
[[nodiscard]] bool has_name(const TrackedProcess& followed, std::string_view comm);
/// `command_line`: all of /proc/PID/cmdline. Those that are followed stand somewhere after the
/// first, one after the other.
[[nodiscard]] bool has_arguments(const TrackedProcess& followed, std::string_view command_line);

}  // namespace evenkeel::daemon
