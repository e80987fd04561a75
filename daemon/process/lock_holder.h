// Which process holds the runtime lock: an evenkeeld, or another program.
//
// Pure: texts of /proc and of the lock's file in, a judgement out; runtime_lock.h asks the kernel.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "daemon/process/process_facts.h"

namespace evenkeel::daemon {

/// What the holder of the lock, or the one before it, has written into the file: "123\n" or
/// "123 leaving\n".
struct LockDeclaration {
  pid_t pid = 0;  ///< 0 = none
  bool is_leaving = false;
};
[[nodiscard]] LockDeclaration parse_lock_declaration(std::string_view text);

/// The processes that took a flock(2) on this file, by /proc/locks (proc(5)); not those that wait.
/// A process that took the lock may be dead while another process has its descriptor.
[[nodiscard]] std::vector<pid_t> parse_lockers(std::string_view proc_locks, dev_t device,
                                               ino_t inode);

struct LockHolder {
  bool is_evenkeel = false;
  bool is_leaving = false;  ///< an evenkeeld that has begun to stop
  pid_t pid = 0;            ///< of a process that lives; 0 = the holder cannot be named
  ProcessFacts process;     ///< where there is a pid
};

struct LockEvidence {
  LockDeclaration declared;
  std::span<const pid_t> lockers;
  std::span<const uid_t> our_users;                        ///< that processes of ours run as
  std::function<std::optional<ProcessFacts>(pid_t)> find;  ///< nothing = dead
};
/// A locker that lives is an evenkeeld when the declaration names it or its child: nobody else can
/// write the file. A locker that is dead has left its descriptor to the process that the
/// declaration names, if that is ours.
[[nodiscard]] LockHolder judge_holder(const LockEvidence& evidence);

/// "evenkeeld is running already, pid 123 (/run/evenkeel/lock)"; "/run/evenkeel/lock is locked by
/// process 4711 (flock, user 1000), which is not evenkeeld".
[[nodiscard]] std::string describe(const LockHolder& holder, std::string_view path);

}  // namespace evenkeel::daemon
