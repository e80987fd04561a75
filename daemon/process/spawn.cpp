#include "daemon/process/spawn.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/process/capabilities.h"

namespace evenkeel::daemon {
namespace {

// glibc 2.36 has both, but declares them without extern "C".
int pidfd_open(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
}
void pidfd_send_signal(int pidfd, int signal) {
  ::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0U);
}

std::error_code error(int number) {
  return {number, std::generic_category()};
}

/// What happens to descriptors between fork and exec, in this order.
class FileActions {
 public:
  FileActions(int channel, int channel_number) {
    ::posix_spawn_file_actions_init(&actions_);
    add(::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0));
    // Also where both numbers are the same: the copy is not closed on exec.
    add(::posix_spawn_file_actions_adddup2(&actions_, channel, channel_number));
    add(::posix_spawn_file_actions_addclosefrom_np(&actions_, channel_number + 1));
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  void add(int result) {
    if (error_ == 0) error_ = result;
  }
  posix_spawn_file_actions_t actions_{};
  int error_ = 0;
};

class SpawnAttributes {
 public:
  SpawnAttributes() {
    sigset_t every_signal;
    sigfillset(&every_signal);
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}) {
      sigaddset(&blocked, signal);
    }
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setsigdefault(&attributes_, &every_signal);
    ::posix_spawnattr_setsigmask(&attributes_, &blocked);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

tl::expected<ChildProcess, std::error_code> spawn(const std::string& executable,
                                                  const std::vector<std::string>& arguments,
                                                  int channel, int channel_number) {
  const FileActions actions(channel, channel_number);
  if (actions.error() != 0) return tl::unexpected(error(actions.error()));
  const SpawnAttributes attributes;

  std::vector<char*> argv;
  argv.reserve(arguments.size() + 1);
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  ChildProcess child;
  const int failure = ::posix_spawn(&child.pid, executable.c_str(), actions.get(), attributes.get(),
                                    argv.data(), environ);
  if (failure != 0) return tl::unexpected(error(failure));

  // It is our child and nobody has waited for it: the number cannot be another process's yet.
  child.handle.reset(pidfd_open(child.pid));
  if (!child.handle) {
    const int cause = errno;
    ::kill(child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    return tl::unexpected(error(cause));
  }
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
