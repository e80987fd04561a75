// The file whose lock says that this daemon, and no other, uses a runtime directory.
//
// Whoever can open a file can lock it (flock(2) asks for no right to write). So the file is ours
// alone from its first moment (0600). A file that others can open, or once could, is replaced by
// another of the same name: a change of its mode would leave them their descriptors.
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

/// Why this process does not have the runtime directory.
struct NotAcquired {
  std::string what;      ///< a whole sentence
  bool is_held = false;  ///< by another evenkeeld, that lives
};

struct RuntimeLock {
  UniqueFd file;        ///< locked
  std::string warning;  ///< a stranger held the file that was there before; "" = no
};

/// Takes DIRECTORY/lock. Blocks. Another evenkeeld that holds the lock: the call waits while that
/// one is leaving, `patience` at most, and fails at once while it runs. Another program that holds
/// the lock: the call fails where the file is ours alone (root has opened it), and replaces a file
/// that everybody could open.
[[nodiscard]] tl::expected<RuntimeLock, NotAcquired> take_runtime_lock(
    const std::string& directory, std::chrono::milliseconds patience);

/// From now on a process that wants the lock waits for this one. For the owner of the lock, and for
/// a child that has its descriptor.
void mark_leaving(int lock);

}  // namespace evenkeel::daemon
