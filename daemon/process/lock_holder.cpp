#include "daemon/process/lock_holder.h"

#include <algorithm>
#include <fmt/format.h>
#include <sys/sysmacros.h>

#include "daemon/fields/number_from.h"
#include "daemon/process/proc_text.h"

namespace evenkeel::daemon {
namespace {

bool is_ours(const ProcessFacts& process, std::span<const uid_t> our_users) {
  return !process.uid ||
         std::find(our_users.begin(), our_users.end(), *process.uid) != our_users.end();
}

LockHolder evenkeel(pid_t pid, ProcessFacts process, const LockDeclaration& declared) {
  return {.is_evenkeel = true,
          .is_leaving = declared.is_leaving,
          .pid = pid,
          .process = std::move(process)};
}

}  // namespace

LockDeclaration parse_lock_declaration(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  const auto pid = number_from<pid_t>(take_word(line));
  if (!pid || *pid <= 0) return {};
  return {.pid = *pid, .is_leaving = take_word(line) == "leaving"};
}

// "1: FLOCK  ADVISORY  WRITE 1234 00:1a:5678 0 EOF", major and minor in hexadecimal; "1: -> FLOCK"
// is one that waits (fs/locks.c, lock_get_status).
std::vector<pid_t> parse_lockers(std::string_view proc_locks, dev_t device, ino_t inode) {
  const std::string file = fmt::format("{:02x}:{:02x}:{}", major(device), minor(device), inode);
  std::vector<pid_t> lockers;
  for_each_line(proc_locks, [&](std::string_view line) {
    (void)take_word(line);
    if (take_word(line) != "FLOCK") return;
    (void)take_word(line);
    (void)take_word(line);
    const auto pid = number_from<pid_t>(take_word(line));
    if (pid && *pid > 0 && take_word(line) == file) lockers.push_back(*pid);
  });
  return lockers;
}

LockHolder judge_holder(const LockEvidence& evidence) {
  const LockDeclaration& declared = evidence.declared;
  auto writer = declared.pid != 0 ? evidence.find(declared.pid) : std::nullopt;
  const bool is_writer_ours = writer && is_ours(*writer, evidence.our_users);
  for (const pid_t pid : evidence.lockers) {
    auto locker = evidence.find(pid);
    if (!locker) continue;
    const bool is_holder = pid == declared.pid || (is_writer_ours && writer->parent == pid);
    if (is_holder && is_ours(*locker, evidence.our_users)) {
      return evenkeel(pid, std::move(*locker), declared);
    }
    return {.pid = pid, .process = std::move(*locker)};
  }
  // Another process may have that number by now: its name is then not ours.
  if (is_writer_ours && writer->command.starts_with("evenkeel")) {
    return evenkeel(declared.pid, std::move(*writer), declared);
  }
  return {};
}

std::string describe(const LockHolder& holder, std::string_view path) {
  if (holder.is_evenkeel) {
    return fmt::format("evenkeeld is {} already, pid {} ({})",
                       holder.is_leaving ? "leaving" : "running", holder.pid, path);
  }
  if (holder.pid == 0) {
    return fmt::format(
        "{} is locked by a process that cannot be named; no evenkeeld that lives says that it is "
        "its own",
        path);
  }
  const std::string user =
      holder.process.uid ? fmt::format(", user {}", *holder.process.uid) : std::string();
  return fmt::format("{} is locked by process {} ({}{}), which is not evenkeeld", path, holder.pid,
                     holder.process.command, user);
}

}  // namespace evenkeel::daemon
