#include "daemon/tracking/process_look.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "daemon/tracking/process_pattern.h"

namespace evenkeel::daemon {
namespace {

constexpr std::size_t kMostComm = 64;
constexpr std::size_t kMostStatus = 4096;
constexpr std::size_t kMostCommandLine = 65536;

std::string read_at(int directory, const char* name, std::size_t most) {
  const UniqueFd file(::openat(directory, name, O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> buffer;
  while (file && text.size() < most) {
    const ssize_t count =
        ::read(file.get(), buffer.data(), std::min(buffer.size(), most - text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

}  // namespace

ProcessLook::ProcessLook(int proc, const std::string& pid)
    : directory_(::openat(proc, pid.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

std::string ProcessLook::read(const char* file, std::size_t most) const {
  return directory_ ? read_at(directory_.get(), file, most) : "";
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

bool sees_other_users(int proc) {
  return !read_at(proc, "1/comm", kMostComm).empty();
}

}  // namespace evenkeel::daemon
