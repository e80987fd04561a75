// The seccomp filter of sandbox.h.
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

#include "daemon/process/sandbox.h"

namespace evenkeel::daemon {
namespace {

constexpr std::array kAllowed = {
    // time and waiting
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(nanosleep),
    SCMP_SYS(time), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2), SCMP_SYS(eventfd2), SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime), SCMP_SYS(timerfd_gettime), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(futex), SCMP_SYS(sched_yield), SCMP_SYS(restart_syscall),
    // sockets and other descriptors that are there; no sendmsg: it passes descriptors
    SCMP_SYS(bind), SCMP_SYS(connect), SCMP_SYS(shutdown), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg), SCMP_SYS(sendto), SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64),
    SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(fstat), SCMP_SYS(lseek),
    // memory
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
    // signals, the end, and harmless questions
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid),
    SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(getrandom),
    SCMP_SYS(getrlimit), SCMP_SYS(getrusage), SCMP_SYS(sysinfo), SCMP_SYS(sched_getaffinity)};

constexpr std::array kFatal = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace)};

#ifdef EVENKEEL_SANITIZED
/// UBSan tries whether an address can be read by writing it into a pipe.
constexpr std::array kSanitizer = {SCMP_SYS(pipe), SCMP_SYS(pipe2)};
#endif

// Written by the signal handler of the one thread, read by the thread.
std::atomic<std::uint64_t> refused_count = 0;  // NOLINT: handlers have nothing else
std::atomic<int> refused_last = 0;             // NOLINT

/// The call was not made; its result is what the register says when the handler returns.
void refuse(int /*signal*/, siginfo_t* info, void* context) {
  constexpr int kSeccomp = 1;  // SYS_SECCOMP: not one that somebody sent with kill
  if (info->si_code != kSeccomp) return;
  refused_count.fetch_add(1, std::memory_order_relaxed);
  refused_last.store(info->si_syscall, std::memory_order_relaxed);
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  registers.gregs[REG_RAX] = -EPERM;
#elif defined(__aarch64__)
  registers.regs[0] = static_cast<unsigned long long>(-EPERM);
#else
#error "say where this machine keeps the result of a system call"
#endif
}

bool answer_refused_calls() {
  struct sigaction action {};
  action.sa_sigaction = refuse;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&action.sa_mask);
  return ::sigaction(SIGSYS, &action, nullptr) == 0;
}

/// Keeps the first error of libseccomp for load().
class Filter {
 public:
  /// `otherwise`: what happens to a call that no rule is about.
  explicit Filter(std::uint32_t otherwise) : context_(seccomp_init(otherwise), seccomp_release) {
    if (!context_) return;
    note(seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS));
  }

  using Condition = std::optional<scmp_arg_cmp>;  ///< nothing: every call
  void allow(int call, const Condition& condition = {}) { add(SCMP_ACT_ALLOW, call, condition); }
  void kill(int call, const Condition& condition = {}) {
    add(SCMP_ACT_KILL_PROCESS, call, condition);
  }
  void refuse_with(int call, int error, const Condition& condition = {}) {
    add(SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, condition);
  }

  /// 0 or an errno.
  [[nodiscard]] int load() {
    if (!context_) return ENOMEM;
    if (error_ == 0) note(seccomp_load(context_.get()));
    return error_;
  }
  [[nodiscard]] explicit operator bool() const { return context_ != nullptr; }

 private:
  void add(std::uint32_t action, int call, const Condition& condition) {
    note(seccomp_rule_add_array(context_.get(), action, call, condition ? 1 : 0,
                                condition ? &*condition : nullptr));
  }
  void note(int result) {
    if (error_ == 0 && result != 0) error_ = -result;
  }
  std::unique_ptr<void, decltype(&seccomp_release)> context_;
  int error_ = 0;
};

scmp_arg_cmp is(unsigned argument, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}
scmp_arg_cmp is_above(unsigned argument, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_GT, .datum_a = value, .datum_b = 0};
}
scmp_arg_cmp is_masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {.arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = value};
}

void add_socket_rules(Filter& filter) {
  const int call = SCMP_SYS(socket);
  filter.allow(call, is(0, AF_INET));
  filter.allow(call, is(0, AF_INET6));
  // AF_UNIX is neither allowed nor fatal: libraries ask for the name service by it.
  for (std::uint64_t family = 0; family < AF_INET6; ++family) {
    if (family != AF_UNIX && family != AF_INET) filter.kill(call, is(0, family));
  }
  filter.kill(call, is_above(0, AF_INET6));
}

void add_narrow_rules(Filter& filter) {
  // The status of an open descriptor (glibc's fstat), not of a path.
  filter.allow(SCMP_SYS(newfstatat), is_masked(3, AT_EMPTY_PATH, AT_EMPTY_PATH));
  for (const int request : {FIONBIO, FIONREAD}) {
    filter.allow(SCMP_SYS(ioctl), is(1, static_cast<std::uint64_t>(request)));
  }
  for (const int command : {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GET_SEALS}) {
    filter.allow(SCMP_SYS(fcntl), is(1, static_cast<std::uint64_t>(command)));
  }
  // Reading a limit, not setting one.
  filter.allow(SCMP_SYS(prlimit64), is(2, 0));
  // No memory becomes code.
  filter.allow(SCMP_SYS(mmap), is_masked(2, PROT_EXEC, 0));
  filter.allow(SCMP_SYS(mprotect), is_masked(2, PROT_EXEC, 0));
  // Signals to ourselves: abort().
  filter.allow(SCMP_SYS(tgkill), is(0, static_cast<std::uint64_t>(::getpid())));
  // "Not there" sends glibc back to clone, which is refused: no threads.
  filter.refuse_with(SCMP_SYS(clone3), ENOSYS);
}

std::vector<std::string> problems_of(int error) {
  if (error == 0) return {};
  return {fmt::format("no system call filter: {}", std::strerror(error))};
}

}  // namespace

std::vector<std::string> filter_system_calls() {
  if (!answer_refused_calls()) return {"no system call filter: cannot handle SIGSYS"};
  Filter filter(SCMP_ACT_TRAP);
  if (filter) {
    for (const int call : kAllowed) filter.allow(call);
    for (const int call : kFatal) filter.kill(call);
    add_socket_rules(filter);
    add_narrow_rules(filter);
#ifdef EVENKEEL_SANITIZED
    for (const int call : kSanitizer) filter.allow(call);
#endif
  }
  return problems_of(filter.load());
}

std::vector<std::string> refuse_code_and_other_sockets() {
  Filter filter(SCMP_ACT_ALLOW);
  if (filter) {
    for (const int call : {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(process_vm_readv),
                           SCMP_SYS(process_vm_writev), SCMP_SYS(bpf), SCMP_SYS(io_uring_setup)}) {
      filter.refuse_with(call, EPERM);
    }
#ifndef EVENKEEL_SANITIZED  // the search for leaks at the exit
    filter.refuse_with(SCMP_SYS(ptrace), EPERM);
#endif
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
      filter.refuse_with(call, EPERM, is_masked(2, PROT_EXEC, PROT_EXEC));
    }
    const int call = SCMP_SYS(socket);
    for (std::uint64_t family = 0; family < AF_PACKET; ++family) {
      const bool is_ours =
          family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK;
      if (!is_ours) filter.refuse_with(call, EAFNOSUPPORT, is(0, family));
    }
    filter.refuse_with(call, EAFNOSUPPORT, is_above(0, AF_PACKET));
  }
  return problems_of(filter.load());
}

RefusedCalls refused_system_calls() {
  return {.count = refused_count.load(std::memory_order_relaxed),
          .last = refused_last.load(std::memory_order_relaxed)};
}

std::string system_call_name(int number) {
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number), std::free);
  return name ? std::string(name.get()) : std::to_string(number);
}

}  // namespace evenkeel::daemon
