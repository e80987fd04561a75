#include "daemon/spawner/launch.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "daemon/os/child.h"

namespace evenkeel::daemon {
namespace {

constexpr rlim_t kOpenFiles = 1024;
constexpr rlim_t kFileSize = rlim_t{16} << 20U;
constexpr int kFailureDescriptor = 3;  ///< in the child; closed on exec

/// Values that the child needs, made before the fork.
struct ChildPlan {
  const Program& program;
  std::vector<char*> arguments;
  std::vector<char*> environment;
  rlim_t process_limit;
  bool changes_user;
  pid_t parent;
  int control_group;
  int null_device;
  int output;
  int failure;
};

// The child's steps: 0 or an errno. The system calls themselves, where glibc would do more.

int error_of(long result) {
  return result < 0 ? errno : 0;
}

/// The kernel is to take a program before it takes us. Nothing depends on it.
void be_killed_first() {
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0,
          0);  // else the file is root's; the change of the user undoes it
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  (void)!::write(file, "0", 1);
  ::close(file);
}

int enter_control_group(const ChildPlan& plan) {
  if (plan.control_group < 0) return 0;
  return error_of(::write(plan.control_group, "0", 1));
}

int begin_session(const ChildPlan& /*plan*/) {
  be_killed_first();
  return error_of(::setsid());
}

int set_groups(const ChildPlan& plan) {
  if (!plan.changes_user) return 0;
  const auto& groups = plan.program.groups;
  return error_of(::syscall(SYS_setgroups, groups.size(), groups.data()));
}

int change_group(const ChildPlan& plan) {
  if (!plan.changes_user) return 0;
  const gid_t gid = plan.program.gid;
  return error_of(::syscall(SYS_setresgid, gid, gid, gid));
}

int change_user(const ChildPlan& plan) {
  if (!plan.changes_user) return 0;
  const uid_t uid = plan.program.uid;
  return error_of(::syscall(SYS_setresuid, uid, uid, uid));
}

/// Ours would pass the change of the user, because we are not root.
int drop_capabilities(const ChildPlan& /*plan*/) {
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return errno;
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return error_of(::syscall(SYS_capset, &header, none.data()));
}

int refuse_privileges(const ChildPlan& plan) {
  if (plan.program.may_gain_privileges || plan.program.uid == 0) return 0;
  return error_of(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

/// After the change of the user, which clears it.
int die_with_parent(const ChildPlan& plan) {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
  return ::getppid() == plan.parent ? 0 : ESRCH;  // it had died before
}

/// A limit that is lower already stays.
int limit_to(__rlimit_resource resource, rlim_t most) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return errno;
  limit.rlim_max = std::min(limit.rlim_max, most);
  limit.rlim_cur = resource == RLIMIT_CORE ? 0 : limit.rlim_max;
  return error_of(::setrlimit(resource, &limit));
}

int set_limits(const ChildPlan& plan) {
  for (const auto& [resource, most] :
       {std::pair{RLIMIT_NOFILE, kOpenFiles}, std::pair{RLIMIT_NPROC, plan.process_limit},
        std::pair{RLIMIT_CORE, rlim_t{0}}, std::pair{RLIMIT_FSIZE, kFileSize}}) {
    if (const int error = limit_to(resource, most)) return error;
  }
  return 0;
}

int set_descriptors(const ChildPlan& plan) {
  if (::dup2(plan.null_device, STDIN_FILENO) < 0 || ::dup2(plan.output, STDOUT_FILENO) < 0 ||
      ::dup2(plan.output, STDERR_FILENO) < 0) {
    return errno;
  }
  if (plan.failure != kFailureDescriptor &&
      ::dup3(plan.failure, kFailureDescriptor, O_CLOEXEC) < 0) {
    return errno;
  }
  return error_of(::syscall(SYS_close_range, kFailureDescriptor + 1U, ~0U, 0U));
}

int change_directory(const ChildPlan& /*plan*/) {
  return error_of(::chdir("/"));
}

/// Also those two that glibc keeps for itself, which its posix_spawn has set to be ignored.
void reset_signals() {
  const std::array<std::uint64_t, 8> as_after_a_boot{};  // the kernel's struct sigaction and more
  constexpr std::size_t kMaskSize = 8;
  for (int signal = 1; signal < NSIG; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, as_after_a_boot.data(), nullptr, kMaskSize);
  }
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

int execute(const ChildPlan& plan) {
  reset_signals();
  ::execve(plan.arguments.front(), plan.arguments.data(), plan.environment.data());
  return errno;
}

struct ChildStep {
  RunStep step;
  int (*take)(const ChildPlan&);
};
constexpr std::array kChildSteps = {ChildStep{RunStep::ControlGroup, enter_control_group},
                                    ChildStep{RunStep::Session, begin_session},
                                    ChildStep{RunStep::Groups, set_groups},
                                    ChildStep{RunStep::Group, change_group},
                                    ChildStep{RunStep::User, change_user},
                                    ChildStep{RunStep::Capabilities, drop_capabilities},
                                    ChildStep{RunStep::Privileges, refuse_privileges},
                                    ChildStep{RunStep::Parent, die_with_parent},
                                    ChildStep{RunStep::Limits, set_limits},
                                    ChildStep{RunStep::Descriptors, set_descriptors},
                                    ChildStep{RunStep::Directory, change_directory},
                                    ChildStep{RunStep::Execute, execute}};

[[noreturn]] void run_child(const ChildPlan& plan) {
  int failure = plan.failure;
  for (const ChildStep& each : kChildSteps) {
    const LaunchError error{each.step, each.take(plan)};
    if (each.step == RunStep::Descriptors && error.number == 0) failure = kFailureDescriptor;
    if (error.number == 0) continue;
    (void)!::write(failure, &error, sizeof error);
    break;
  }
  ::_exit(127);
}

/// The ends of a pipe, closed on exec; we wait at neither.
tl::expected<std::pair<UniqueFd, UniqueFd>, LaunchError> make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return tl::unexpected(LaunchError{RunStep::Pipe, errno});
  }
  std::pair result{UniqueFd(ends[0]), UniqueFd(ends[1])};
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
    return tl::unexpected(LaunchError{RunStep::Pipe, errno});
  }
  return result;
}

}  // namespace

tl::expected<Launched, LaunchError> launch(const Program& program,
                                           const std::vector<std::string>& environment,
                                           const LaunchOptions& options) {
  auto output = make_pipe();
  if (!output) return tl::unexpected(output.error());
  auto failure = make_pipe();
  if (!failure) return tl::unexpected(failure.error());
  const bool is_who_we_are = program.uid == ::geteuid() && program.gid == ::getegid();
  const ChildPlan plan{.program = program,
                       .arguments = pointers_to(program.arguments),
                       .environment = pointers_to(environment),
                       .process_limit = options.process_limit,
                       .changes_user = options.may_change_user || !is_who_we_are,
                       .parent = ::getpid(),
                       .control_group = options.control_group,
                       .null_device = options.null_device,
                       .output = output->second.get(),
                       .failure = failure->second.get()};
  Launched child;
  child.pid = ::fork();
  if (child.pid == 0) run_child(plan);
  if (child.pid < 0) return tl::unexpected(LaunchError{RunStep::Fork, errno});
  auto handle = handle_of(child.pid);
  if (!handle) return tl::unexpected(LaunchError{RunStep::Fork, handle.error()});
  child.handle = std::move(*handle);
  child.output = std::move(output->first);
  child.failure = std::move(failure->first);
  return child;
}

std::optional<LaunchError> failure_of(const Launched& child) {
  LaunchError error{};
  const ssize_t got = ::read(child.failure.get(), &error, sizeof error);
  if (got != static_cast<ssize_t>(sizeof error)) return std::nullopt;
  return error;
}

}  // namespace evenkeel::daemon
