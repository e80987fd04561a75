#include "daemon/process/spawn.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "daemon/os/child.h"
#include "daemon/process/capabilities.h"

namespace evenkeel::daemon {
namespace {

// glibc 2.36 has it, but declares it without extern "C".
void pidfd_send_signal(int pidfd, int signal) {
  ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0U);
}

std::error_code error(int number) {
  return {number, std::generic_category()};
}

/// The child's descriptors and signals, which posix_spawn sets between fork and exec.
class SpawnOptions {
 public:
  SpawnOptions(int channel, int channel_number) {
    ::posix_spawn_file_actions_init(&files_);
    add(::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    // Also where both numbers are the same: the copy is not closed on exec.
    add(::posix_spawn_file_actions_adddup2(&files_, channel, channel_number));
    add(::posix_spawn_file_actions_addclosefrom_np(&files_, channel_number + 1));

    sigset_t every_signal;
    sigfillset(&every_signal);
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) {
      sigaddset(&blocked, signal);
    }
    ::posix_spawnattr_init(&signals_);
    ::posix_spawnattr_setsigdefault(&signals_, &every_signal);
    ::posix_spawnattr_setsigmask(&signals_, &blocked);
    ::posix_spawnattr_setflags(&signals_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnOptions() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&signals_);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;

  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }
  [[nodiscard]] const posix_spawnattr_t* signals() const { return &signals_; }

 private:
  void add(int result) {
    if (error_ == 0) error_ = result;
  }
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t signals_{};
  int error_ = 0;
};

}  // namespace

tl::expected<ChildProcess, std::error_code> spawn(const std::string& executable,
                                                  const std::vector<std::string>& arguments,
                                                  int channel, int channel_number) {
  const SpawnOptions options(channel, channel_number);
  if (options.error() != 0) return tl::unexpected(error(options.error()));

  const std::vector<char*> argv = pointers_to(arguments);
  ChildProcess child;
  const int failure = ::posix_spawn(&child.pid, executable.c_str(), options.files(),
                                    options.signals(), argv.data(), environ);
  if (failure != 0) return tl::unexpected(error(failure));

  auto handle = handle_of(child.pid);
  if (!handle) return tl::unexpected(error(handle.error()));
  child.handle = std::move(*handle);
  return child;
}

void kill_child(const ChildProcess& child) {
  const ScopedCapability capability(Capability::Kill);
  pidfd_send_signal(child.handle.get(), SIGKILL);
}

std::string reap(const ChildProcess& child) {
  siginfo_t info{};
  int result = 0;
  do {
    result = ::waitid(P_PIDFD, static_cast<id_t>(child.handle.get()), &info, WEXITED);
  } while (result != 0 && errno == EINTR);
  if (result != 0) return "gone";  // ECHILD: somebody else has waited for it
  if (info.si_code == CLD_EXITED) return "exit status " + std::to_string(info.si_status);
  return "killed by signal " + std::to_string(info.si_status);
}

}  // namespace evenkeel::daemon
