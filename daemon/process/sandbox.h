// The privileges that a child gives up before it parses the first octets from strangers.
//
// In this order, in the child's one thread: ignore_outside_signals(), drop_privileges(), libraries
// that open files (OpenSSL, the resolver), filter_system_calls(). None fails hard: each step that
// could not be taken is returned as a text to be logged, so that the daemon also runs without root
// (where it has nothing to give up but the system calls).
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace evenkeel::daemon {

/// Ignores SIGTERM, SIGINT, SIGHUP and their like: a terminal or a service manager sends them to
/// every process, and main alone decides when a child leaves or reloads.
/// abort() still kills: where the signal is ignored, it sets the default action and raises it again
/// (POSIX.1-2017, abort).
void ignore_outside_signals();

/// The users of the roles.
constexpr char kChecksUser[] = "evenkeel-checks";
constexpr char kVrrpUser[] = "evenkeel-vrrp";
constexpr char kSpawnerUser[] = "evenkeel-spawner";

/// The number of `user`; 65534 where there is no such user.
[[nodiscard]] uid_t uid_of(const char* user);

/// Becomes `user`, or 65534 where there is none, without supplementary groups and without
/// capabilities; no_new_privs: no exec gives anything back; not dumpable: no core, no ptrace.
[[nodiscard]] std::vector<std::string> drop_privileges(const char* user);

/// As drop_privileges(), but four capabilities stay, effective: CAP_NET_RAW and CAP_NET_ADMIN for
/// packets and addresses, CAP_SYS_NICE and CAP_IPC_LOCK to be on time.
[[nodiscard]] std::vector<std::string> keep_network_privileges(const char* user);

/// Becomes `user` and keeps, effective, CAP_SETUID and CAP_SETGID to become the users of programs,
/// and CAP_KILL: for SIGTERM to them, and because the kernel sends the signal of a parent's death
/// (PR_SET_PDEATHSIG) with the rights of the parent. Not dumpable. Not no_new_privs, which every
/// program would inherit: some may gain privileges (daemon/spawner/launch.h). Without it the kernel
/// takes no system call filter from a process that lacks CAP_SYS_ADMIN.
[[nodiscard]] std::vector<std::string> keep_spawner_privileges(const char* user);
/// CAP_SETUID and CAP_SETGID are effective.
[[nodiscard]] bool may_change_user();

/// From now on only what a prober of TCP servers needs: memory, time, epoll, IPv4 and IPv6 sockets,
/// and descriptors it already has. No file can be opened.
///
/// Every other system call fails with EPERM and is counted (the kernel raises SIGSYS, whose handler
/// puts the error in the call's result): libraries make some that they can do without. Three calls
/// that no prober makes kill the process: exec, ptrace, and a socket of any family but AF_INET,
/// AF_INET6 and AF_UNIX (which is refused).
///
/// No thread can be started. So a sanitised build cannot look for leaks: the process ends by _Exit.
[[nodiscard]] std::vector<std::string> filter_system_calls();

/// For vrrp, which needs more system calls. From now on these are refused (EPERM, EAFNOSUPPORT):
/// exec, reading another process, memory that becomes code, and sockets of any family but AF_INET,
/// AF_INET6, AF_PACKET, AF_NETLINK and AF_UNIX. Called before the first thread is started.
[[nodiscard]] std::vector<std::string> refuse_code_and_other_sockets();

struct RefusedCalls {
  std::uint64_t count = 0;
  int last = 0;  ///< its number
};
[[nodiscard]] RefusedCalls refused_system_calls();
/// "openat"; its number where the kernel's name is not known.
[[nodiscard]] std::string system_call_name(int number);

}  // namespace evenkeel::daemon
