#include "daemon/process/sandbox.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "daemon/os/unique_fd.h"
#include "daemon/process/capabilities.h"
#include "tests/daemon/process/passing.h"

namespace evenkeel::daemon {
namespace {

/// The wait status of a child that does `deed` and leaves with its result.
int status_of(const std::function<int()>& deed) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(deed());
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

int status_in_sandbox(const std::function<int()>& deed) {
  return status_of([&] {
    ignore_outside_signals();
    (void)drop_privileges("no-such-user-here");
    if (!filter_system_calls().empty()) return 99;
    return deed();
  });
}

/// Each of these is what `deed` came to.
testing::AssertionResult is_exit(int status, int code) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == code) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "wait status " << status;
}
testing::AssertionResult is_killed(int status, int signal) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == signal) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "wait status " << status;
}

/// 0 when it was refused with EPERM and counted.
int refused(long result, int call) {
  if (result != -1) return 1;
  if (errno != EPERM) return 2;
  const RefusedCalls calls = refused_system_calls();
  return calls.count == 1 && calls.last == call ? 0 : 3;
}

TEST(Sandbox, NothingToDoIsAllowed) {
  EXPECT_TRUE(is_exit(status_in_sandbox([] { return 0; }), 0));
}

TEST(Sandbox, FilesCannotBeOpened) {
  EXPECT_TRUE(is_exit(status_in_sandbox([] {
                        return refused(::openat(AT_FDCWD, "/tmp/x", O_WRONLY | O_CREAT, 0600),
                                       SYS_openat);
                      }),
                      0));
  EXPECT_TRUE(is_exit(
      status_in_sandbox([] { return refused(::open("/etc/passwd", O_RDONLY), SYS_openat); }), 0));
  EXPECT_TRUE(is_exit(status_in_sandbox([] {
                        struct stat status {};
                        return refused(::stat("/etc/passwd", &status), SYS_newfstatat);
                      }),
                      0));
}

TEST(Sandbox, UnknownCallsAreRefusedAndCounted) {
  EXPECT_TRUE(is_exit(status_in_sandbox([] {
                        for (int i = 0; i < 5; ++i) ::syscall(SYS_getsid, 0);
                        const RefusedCalls calls = refused_system_calls();
                        return calls.count == 5 && system_call_name(calls.last) == "getsid" ? 0 : 1;
                      }),
                      0));
}

TEST(Sandbox, NoDescriptorCanBePassed) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
  const UniqueFd here(ends[0]);
  const UniqueFd there(ends[1]);
  EXPECT_TRUE(is_exit(status_in_sandbox([&] {
                        return refused(pass(here.get(), "x", STDIN_FILENO) ? 0 : -1, SYS_sendmsg);
                      }),
                      0));
  EXPECT_TRUE(is_exit(status_in_sandbox([&] {
                        mmsghdr message{};
                        return refused(::sendmmsg(here.get(), &message, 1, 0), SYS_sendmmsg);
                      }),
                      0));
  EXPECT_TRUE(
      is_exit(status_in_sandbox([&] { return ::send(here.get(), "x", 1, 0) == 1 ? 0 : 1; }), 0));
}

TEST(Sandbox, OthersCannotBeSignalled) {
  const pid_t parent = ::getpid();
  EXPECT_TRUE(is_exit(status_in_sandbox([&] { return refused(::kill(parent, 0), SYS_kill); }), 0));
  EXPECT_TRUE(is_exit(status_in_sandbox([&] {
                        return refused(::syscall(SYS_tgkill, parent, parent, 0), SYS_tgkill);
                      }),
                      0));
}

TEST(Sandbox, MemoryCannotBecomeCode) {
  EXPECT_TRUE(is_exit(status_in_sandbox([] {
                        void* code = ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC,
                                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                        return refused(code == MAP_FAILED ? -1 : 0, SYS_mmap);
                      }),
                      0));
}

TEST(Sandbox, ExecKills) {
  EXPECT_TRUE(
      is_killed(status_in_sandbox([] { return ::execl("/bin/true", "true", nullptr); }), SIGSYS));
}

TEST(Sandbox, ForeignSocketFamiliesKill) {
  for (const int family : {AF_NETLINK, AF_PACKET, AF_UNSPEC, AF_AX25, -1}) {
    EXPECT_TRUE(is_killed(status_in_sandbox([&] { return ::socket(family, SOCK_RAW, 0); }), SIGSYS))
        << family;
  }
  EXPECT_TRUE(is_exit(
      status_in_sandbox([] { return refused(::socket(AF_UNIX, SOCK_STREAM, 0), SYS_socket); }), 0));
}

TEST(Sandbox, PtraceKills) {
  EXPECT_TRUE(is_killed(status_in_sandbox([] {
                          return static_cast<int>(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
                        }),
                        SIGSYS));
}

int status_of_vrrp(const std::function<int()>& deed) {
  return status_of([&] {
    (void)keep_network_privileges("nobody");
    if (!refuse_code_and_other_sockets().empty()) return 100;
    return deed();
  });
}

TEST(VrrpSandbox, NothingIsExecutedAndNoMemoryBecomesCode) {
  EXPECT_TRUE(is_exit(status_of_vrrp([] {
                        ::execl("/bin/true", "true", nullptr);
                        return errno == EPERM ? 0 : 1;
                      }),
                      0));
  EXPECT_TRUE(is_exit(
      status_of_vrrp([] {
        void* page =
            ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED) return 1;
        return ::mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0 && errno == EPERM ? 0 : 2;
      }),
      0));
}

TEST(VrrpSandbox, OnlyItsOwnKindsOfSocket) {
  for (const int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK}) {
    EXPECT_TRUE(is_exit(
        status_of_vrrp([&] { return ::socket(family, SOCK_DGRAM, 0) >= 0 ? 0 : errno; }), 0))
        << family;
  }
  for (const int family : {AF_UNSPEC, AF_BLUETOOTH, AF_ALG, AF_VSOCK, 1000}) {
    EXPECT_TRUE(is_exit(status_of_vrrp([&] {
                          const int made = ::socket(family, SOCK_DGRAM, 0);
                          return made < 0 && errno == EAFNOSUPPORT ? 0 : 1;
                        }),
                        0))
        << family;
  }
}

TEST(VrrpSandbox, ThreadsAndFilesAreAsBefore) {
  EXPECT_TRUE(is_exit(status_of_vrrp([] {
                        int result = 1;
                        std::thread([&] { result = 0; }).join();
                        const UniqueFd file(::open("/proc/self/status", O_RDONLY));
                        return file ? result : 2;
                      }),
                      0));
}

TEST(Sandbox, ConnectingIsAllowed) {
  const UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(server.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(server.get(), 1), 0);
  ASSERT_EQ(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);

  EXPECT_TRUE(is_exit(status_in_sandbox([&] {
                        const int client =
                            ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
                        if (::connect(client, reinterpret_cast<sockaddr*>(&address), size) != 0 &&
                            errno != EINPROGRESS) {
                          return 1;
                        }
                        pollfd wanted{.fd = client, .events = POLLOUT, .revents = 0};
                        if (::poll(&wanted, 1, 5000) != 1) return 2;
                        return ::send(client, "x", 1, MSG_NOSIGNAL) == 1 ? 0 : 3;
                      }),
                      0));
}

TEST(Sandbox, SignalsFromOutsideAreIgnoredAndAbortIsNot) {
  EXPECT_TRUE(is_exit(status_of([] {
                        ignore_outside_signals();
                        for (const int signal : {SIGTERM, SIGINT, SIGABRT}) {
                          ::kill(::getpid(), signal);
                        }
                        return 0;
                      }),
                      0));
  EXPECT_TRUE(is_killed(status_in_sandbox([]() -> int { std::abort(); }), SIGABRT));
}

TEST(Sandbox, RootBecomesNobodyWithoutCapabilities) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_TRUE(is_exit(status_of([] {
                        const auto problems = drop_privileges("no-such-user-here");
                        if (problems.size() != 1) return 1;
                        if (::getuid() != 65534 || ::getegid() != 65534) return 2;
                        if (::getgroups(0, nullptr) != 0) return 3;
                        if (::setuid(0) == 0) return 4;
                        const UniqueFd raw(::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
                        return raw ? 5 : 0;
                      }),
                      0));
}

std::string status_field(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(name + ":\t", 0) == 0) return line.substr(name.size() + 2);
  }
  return "";
}

TEST(Capabilities, MainKeepsEightPermittedAndNoneEffective) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  // CHOWN 0, KILL 5, SETGID 6, SETUID 7, NET_ADMIN 12, NET_RAW 13, IPC_LOCK 14, SYS_NICE 23
  const std::string kept = "00000000008070e1";
  EXPECT_TRUE(is_exit(status_of([&] {
                        if (!keep_main_capabilities().empty()) return 1;
                        if (status_field("CapPrm") != kept) return 2;
                        if (status_field("CapBnd") != kept) return 3;
                        if (status_field("CapEff") != "0000000000000000") return 4;
                        {
                          const ScopedCapability outer(Capability::NetRaw);
                          {
                            const ScopedCapability inner(Capability::NetRaw);
                            const ScopedCapability other(Capability::Kill);
                            if (status_field("CapEff") != "0000000000002020") return 5;
                          }
                          if (status_field("CapEff") != "0000000000002000") return 6;
                        }
                        return status_field("CapEff") == "0000000000000000" ? 0 : 7;
                      }),
                      0));
}

TEST(Capabilities, WithoutRootThereIsNothingToKeepAndNothingBreaks) {
  EXPECT_TRUE(is_exit(status_of([] {
                        if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return 1;
                        if (keep_main_capabilities().find("net_admin") == std::string::npos)
                          return 2;
                        const ScopedCapability capability(Capability::NetRaw);
                        const UniqueFd raw(::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
                        return raw ? 3 : 0;
                      }),
                      0));
}

}  // namespace
}  // namespace evenkeel::daemon
