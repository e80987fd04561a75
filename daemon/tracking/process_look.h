// Looks at one process in /proc. A look may take long: the process's memory may be locked while it
// waits for a file system. So it is never done in main's thread (watch_thread.h).
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>

#include "daemon/config/tracked.h"
#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

/// Of /proc/PID, open: each name below it is of the same process, or does not open.
class ProcessLook {
 public:
  ProcessLook(int proc, const std::string& pid);

  [[nodiscard]] bool has_name(const TrackedProcess& followed);
  /// The process lives, and has the name, the arguments and the user. `uid`: of the user, where one
  /// is given.
  [[nodiscard]] bool matches(const TrackedProcess& followed, std::optional<uid_t> uid);

  /// The errno of what has kept us from looking: then a "no" says nothing of the process. 0:
  /// nothing has; it may have ended, or /proc may hide it.
  [[nodiscard]] int fault() const { return fault_; }

 private:
  [[nodiscard]] std::string read(const char* file, std::size_t most);

  UniqueFd directory_;
  std::optional<std::string> comm_;
  int fault_ = 0;
};

/// Why this process cannot look at those of other users; "": it can. `proc`: /proc, or -1 with the
/// errno of its open.
[[nodiscard]] std::string why_blind(int proc, int error);

}  // namespace evenkeel::daemon
