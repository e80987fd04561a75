// What a child that parses strangers' bytes gives up before it reads the first of them.
//
// In this order, in the child's one thread: obey_only_the_channel(), drop_privileges(), libraries
// that open files (OpenSSL, the resolver), filter_system_calls(). None fails hard: what could not
// be done is returned as a text each, to be logged, so that the daemon also runs without root (then
// it had nothing to give up but the system calls).
#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace evenkeel::daemon {

/// SIGTERM, SIGINT, SIGHUP and their like from outside are ignored: a terminal or a service manager
/// sends them to every process, and it is main that decides when a child leaves or reads anew.
/// abort() still kills: where the signal is ignored, it sets the default action and raises it again
/// (POSIX.1-2017, abort).
void obey_only_the_channel();

/// What the next two become: `user`, or 65534 where there is none.
[[nodiscard]] uid_t uid_of(const char* user);

/// Becomes `user`, or 65534 where there is none, without supplementary groups and without
/// capabilities; no_new_privs: no exec gives anything back; not dumpable: no core, no ptrace.
[[nodiscard]] std::vector<std::string> drop_privileges(const char* user);

/// As drop_privileges(), but four capabilities stay, effective: CAP_NET_RAW and CAP_NET_ADMIN for
/// packets and addresses, CAP_SYS_NICE and CAP_IPC_LOCK to be on time.
[[nodiscard]] std::vector<std::string> keep_network_privileges(const char* user);

/// From now on only what a prober of TCP servers needs: memory, time, epoll, IPv4 and IPv6 sockets,
/// and descriptors it already has. No file can be opened.
///
/// Every other system call fails with EPERM and is counted (the kernel raises SIGSYS, whose handler
/// puts the error in the call's result), so that a library's idle curiosity does no harm and is
/// seen. Three things a prober that is itself never does: exec, ptrace, and a socket of any
/// family but AF_INET, AF_INET6 and AF_UNIX (which is refused). They kill it.
///
/// No threads either. So a sanitised build cannot look for leaks inside: leave by _Exit.
[[nodiscard]] std::vector<std::string> filter_system_calls();

/// For vrrp, which needs more: from now on no exec, no look into another process, no memory becomes
/// code, and no socket but of AF_INET, AF_INET6, AF_PACKET, AF_NETLINK and AF_UNIX (EPERM,
/// EAFNOSUPPORT). Before the first thread is started.
[[nodiscard]] std::vector<std::string> refuse_code_and_other_sockets();

struct RefusedCalls {
  std::uint64_t count = 0;
  int last = 0;  ///< its number
};
[[nodiscard]] RefusedCalls refused_system_calls();
/// "openat"; its number where the kernel's name is not known.
[[nodiscard]] std::string system_call_name(int number);

}  // namespace evenkeel::daemon
