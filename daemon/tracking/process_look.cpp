#include "daemon/tracking/process_look.h"

#include <cerrno>
#include <fcntl.h>
#include <utility>

#include "daemon/os/error_text.h"
#include "daemon/os/whole_file.h"
#include "daemon/tracking/process_pattern.h"

namespace evenkeel::daemon {
namespace {

constexpr std::size_t kMostComm = 64;
constexpr std::size_t kMostStatus = 4096;
constexpr std::size_t kMostCommandLine = 65536;

struct Read {
  std::string text;
  int error = 0;
};
Read read_at(int directory, const char* name, std::size_t most) {
  const UniqueFd file(::openat(directory, name, O_RDONLY | O_CLOEXEC));
  Read result;
  if (!file || !read_start(file.get(), result.text, most)) result.error = errno;
  return result;
}

/// An errno that is about the process: it has ended, or /proc does not show it to us.
bool is_of_process(int error) {
  return error == ENOENT || error == ESRCH || error == EACCES || error == EPERM;
}

}  // namespace

ProcessLook::ProcessLook(int proc, const std::string& pid)
    : directory_(::openat(proc, pid.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {
  if (!directory_ && !is_of_process(errno)) fault_ = errno;
}

std::string ProcessLook::read(const char* file, std::size_t most) {
  if (!directory_) return "";
  Read result = read_at(directory_.get(), file, most);
  if (result.error != 0 && !is_of_process(result.error)) fault_ = result.error;
  return std::move(result.text);
}

bool ProcessLook::has_name(const TrackedProcess& followed) {
  if (!comm_) comm_ = read("comm", kMostComm);
  return daemon::has_name(followed, *comm_);
}

bool ProcessLook::matches(const TrackedProcess& followed, std::optional<uid_t> uid) {
  if (!has_name(followed)) return false;
  const auto state = parse_process_state(read("status", kMostStatus));
  if (!state || state->is_dead || (uid && *uid != state->uid)) return false;
  return followed.arguments.empty() || has_arguments(followed, read("cmdline", kMostCommandLine));
}

std::string why_blind(int proc, int error) {
  if (proc < 0) return "/proc: " + text_of(error);
  const Read first = read_at(proc, "1/comm", kMostComm);
  if (!first.text.empty()) return "";
  if (!is_of_process(first.error)) return "/proc: " + text_of(first.error);
  return "/proc does not show the processes of others (hidepid)";
}

}  // namespace evenkeel::daemon
