#include "daemon/spawner/orphans.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "daemon/os/proc_file.h"

namespace evenkeel::daemon {
namespace {

template <typename Number>
std::vector<Number> numbers_in(std::string_view text) {
  std::vector<Number> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    Number number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc()) numbers.push_back(number);
    at = error == std::errc() ? next : at + 1;
  }
  return numbers;
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The name may have spaces and parentheses; behind it come the state and numbers (proc(5)).
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 >= text.size()) return std::nullopt;
  constexpr std::size_t kBegan = 22 - 4;  // the field's number in proc(5), from the fourth
  const auto numbers = numbers_in<std::int64_t>(text.substr(name_end + 3));
  if (numbers.size() <= kBegan) return std::nullopt;
  return ProcessStat{.began = static_cast<std::uint64_t>(numbers[kBegan])};
}

std::optional<ProcessStat> stat_of(pid_t pid) {
  return parse_process_stat(read_proc("/proc/" + std::to_string(pid) + "/stat"));
}

bool may_belong_to(const ProcessStat& orphan, const std::vector<std::uint64_t>& running) {
  return std::any_of(running.begin(), running.end(),
                     [&](std::uint64_t began) { return began <= orphan.began; });
}

std::string adopt_orphans() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
    return std::generic_category().message(errno);
  }
  if (::access("/proc/thread-self/children", R_OK) != 0) {
    return "the kernel does not list our children (CONFIG_PROC_CHILDREN)";
  }
  return "";
}

std::vector<pid_t> children() {
  std::vector<pid_t> result;
  std::error_code gone;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task", gone)) {
    const auto some = numbers_in<pid_t>(read_proc(task.path() / "children"));
    result.insert(result.end(), some.begin(), some.end());
  }
  return result;
}

bool reap_dead(pid_t child) {
  siginfo_t info{};
  int result = 0;
  do {
    result = ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG);
  } while (result != 0 && errno == EINTR);
  return result != 0 || info.si_pid == child;
}

}  // namespace evenkeel::daemon
