// Processes that programs have left behind: a process whose parent has ended becomes a child of the
// nearest ancestor that has asked for it (PR_SET_CHILD_SUBREAPER): of the spawner, and of main when
// the spawner has died.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace evenkeel::daemon {

/// A process by /proc/PID/stat.
struct ProcessStat {
  std::uint64_t began = 0;  ///< clock ticks since the boot
  friend bool operator==(const ProcessStat&, const ProcessStat&) = default;
};
[[nodiscard]] std::optional<ProcessStat> parse_process_stat(std::string_view text);
[[nodiscard]] std::optional<ProcessStat> stat_of(pid_t pid);

/// Whether an orphan may belong to a run that is under way: it began when the run had begun. Others
/// are left over from runs that have ended. `running`: when each of them began.
[[nodiscard]] bool may_belong_to(const ProcessStat& orphan,
                                 const std::vector<std::uint64_t>& running);

/// Takes over the orphans of our descendants from now on. "" or why they will not be found.
[[nodiscard]] std::string adopt_orphans();

/// Our children, dead ones too; none where the kernel does not list them (CONFIG_PROC_CHILDREN),
/// which adopt_orphans() says.
[[nodiscard]] std::vector<pid_t> children();

/// Takes a child that has died off the process table. Waits for nothing; false: it lives.
bool reap_dead(pid_t child);

}  // namespace evenkeel::daemon
