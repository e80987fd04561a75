#include "daemon/process/lock_holder.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <sys/sysmacros.h>

namespace evenkeel::daemon {
namespace {

/// The next word of `rest`, which loses it; "" at the end.
std::string_view take_word(std::string_view& rest) {
  const std::size_t begin = std::min(rest.find_first_not_of(" \t"), rest.size());
  const std::size_t end = std::min(rest.find_first_of(" \t", begin), rest.size());
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

template <typename Number>
std::optional<Number> number_from(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// A name that a stranger has chosen, for a terminal.
std::string printable(std::string_view text) {
  std::string result(text);
  std::replace_if(
      result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

bool is_ours(const ProcessFacts& process, std::span<const uid_t> our_users) {
  return !process.uid ||
         std::find(our_users.begin(), our_users.end(), *process.uid) != our_users.end();
}

LockHolder evenkeel(pid_t pid, ProcessFacts process, const LockWords& words) {
  return {.is_evenkeel = true,
          .is_leaving = words.is_leaving,
          .pid = pid,
          .process = std::move(process)};
}

}  // namespace

LockWords parse_lock_words(std::string_view text) {
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

ProcessFacts parse_process_status(std::string_view text) {
  ProcessFacts facts;
  for_each_line(text, [&](std::string_view line) {
    const std::string_view name = take_word(line);
    if (name == "Name:") {
      line.remove_prefix(std::min<std::size_t>(1, line.size()));
      facts.command = printable(line);
    } else if (name == "PPid:") {
      facts.parent = number_from<pid_t>(take_word(line)).value_or(0);
    } else if (name == "Uid:") {
      facts.uid = number_from<uid_t>(take_word(line));
    }
  });
  return facts;
}

LockHolder judge_holder(const LockEvidence& evidence) {
  const LockWords& words = evidence.words;
  auto speaker = words.pid != 0 ? evidence.find(words.pid) : std::nullopt;
  const bool is_speaker_ours = speaker && is_ours(*speaker, evidence.our_users);
  for (const pid_t pid : evidence.lockers) {
    auto locker = evidence.find(pid);
    if (!locker) continue;
    const bool speaks = pid == words.pid || (is_speaker_ours && speaker->parent == pid);
    if (speaks && is_ours(*locker, evidence.our_users)) {
      return evenkeel(pid, std::move(*locker), words);
    }
    return {.pid = pid, .process = std::move(*locker)};
  }
  // Its number may be another's by now: then at least the name is not ours.
  if (is_speaker_ours && speaker->command.starts_with("evenkeel")) {
    return evenkeel(words.pid, std::move(*speaker), words);
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
