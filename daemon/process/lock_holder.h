// Who holds the runtime lock: an evenkeeld, or somebody else.
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

/// What the file says, in the words of who holds the lock, or held it before: "123\n" or
/// "123 leaving\n".
struct LockWords {
  pid_t pid = 0;  ///< 0 = none
  bool is_leaving = false;
};
[[nodiscard]] LockWords parse_lock_words(std::string_view text);

/// The processes that took a flock(2) on this file, by /proc/locks (proc(5)); not those that wait.
/// One may be dead while another has its descriptor.
[[nodiscard]] std::vector<pid_t> parse_lockers(std::string_view proc_locks, dev_t device,
                                               ino_t inode);

struct LockHolder {
  bool is_evenkeel = false;
  bool is_leaving = false;  ///< an evenkeel that has begun to stop
  pid_t pid = 0;            ///< one that lives; 0 = it cannot be named
  ProcessFacts process;     ///< where there is a pid
};

struct LockEvidence {
  LockWords words;
  std::span<const pid_t> lockers;
  std::span<const uid_t> our_users;                        ///< that processes of ours run as
  std::function<std::optional<ProcessFacts>(pid_t)> find;  ///< nothing = dead
};
/// A locker that lives is believed when the words are its own or its child's: nobody else can write
/// them. One that is dead has left its descriptor to whom the words name, if that is ours.
[[nodiscard]] LockHolder judge_holder(const LockEvidence& evidence);

/// "evenkeeld is running already, pid 123 (/run/evenkeel/lock)"; "/run/evenkeel/lock is locked by
/// process 4711 (flock, user 1000), which is not evenkeeld".
[[nodiscard]] std::string describe(const LockHolder& holder, std::string_view path);

}  // namespace evenkeel::daemon
