// A process of this host, as /proc shows it.
//
// Pure; find_process.h looks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace evenkeel::daemon {

/// A process that lives.
struct ProcessFacts {
  std::optional<uid_t> uid;  ///< real; nothing where /proc does not show it
  pid_t parent = 0;
  std::string command;  ///< its name, printable
};
/// Of /proc/PID/status.
[[nodiscard]] ProcessFacts parse_process_status(std::string_view text);

}  // namespace evenkeel::daemon
