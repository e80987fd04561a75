// The file whose lock says that this daemon, and no other, uses a runtime directory.
//
// Whoever can open a file can lock it (flock(2) asks for no right to write). So the file is ours
// alone from its first moment (0600), and one that others can open, or could once, is not mended in
// place: their descriptors would stay. Another takes its name.
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

/// Why the runtime directory is not ours.
struct NotAcquired {
  std::string what;      ///< a whole sentence
  bool is_held = false;  ///< by another evenkeeld, that lives
};

struct RuntimeLock {
  UniqueFd file;        ///< locked
  std::string warning;  ///< a stranger held the file that was there before; "" = no
};

/// Takes DIRECTORY/lock. Where another evenkeeld holds it: waits while that one is leaving,
/// `patience` at most; fails at once while it is not. Somebody else who holds a file of ours alone
/// (root has opened it) makes it fail; who holds one that everybody could open does not. Blocks.
[[nodiscard]] tl::expected<RuntimeLock, NotAcquired> take_runtime_lock(
    const std::string& directory, std::chrono::milliseconds patience);

/// From now on who wants the lock waits for us. For its owner, and for a process that it was handed
/// to.
void mark_leaving(int lock);

}  // namespace evenkeel::daemon
