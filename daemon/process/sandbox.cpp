#include "daemon/process/sandbox.h"

#include <cap-ng.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <grp.h>
#include <initializer_list>
#include <sys/prctl.h>
#include <unistd.h>

#include "daemon/os/user.h"

namespace evenkeel::daemon {
namespace {

/// "nobody" on every Linux (the kernel's overflow uid): better than root, but shared with others.
constexpr uid_t kNobody = 65534;

void change_identity(const char* user, std::vector<std::string>& problems) {
  if (::geteuid() != 0) {
    problems.push_back(fmt::format("not started as root: running as uid {}", ::geteuid()));
    return;
  }
  Account wanted{.uid = kNobody, .gid = kNobody};
  if (const auto account = account_named(user)) {
    wanted = *account;
  } else {
    problems.push_back(
        fmt::format("{}: running as uid {}", user_problem(user, account.error()), kNobody));
  }
  if (::setgroups(0, nullptr) != 0 || ::setresgid(wanted.gid, wanted.gid, wanted.gid) != 0 ||
      ::setresuid(wanted.uid, wanted.uid, wanted.uid) != 0) {
    problems.push_back(
        fmt::format("cannot change to uid {}: {}", wanted.uid, std::strerror(errno)));
  }
}

/// Becomes `user`, and keeps of these capabilities what it has, effective, and no others.
std::vector<std::string> become(const char* user, std::initializer_list<int> capabilities) {
  std::vector<std::string> problems;
  ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);  // permitted ones survive the change of the user
  change_identity(user, problems);
  if (capng_get_caps_process() != 0) problems.emplace_back("cannot read our capabilities");
  std::vector<unsigned> kept;
  for (const int each : capabilities) {
    if (capng_have_capability(CAPNG_PERMITTED, static_cast<unsigned>(each)) != 0) {
      kept.push_back(static_cast<unsigned>(each));
    } else {
      problems.push_back(fmt::format("capability missing: {}",
                                     capng_capability_to_name(static_cast<unsigned>(each))));
    }
  }
  capng_clear(CAPNG_SELECT_ALL);
  for (const unsigned each : kept) {
    capng_update(CAPNG_ADD, static_cast<capng_type_t>(CAPNG_PERMITTED | CAPNG_EFFECTIVE), each);
  }
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) problems.emplace_back("cannot drop capabilities");
  return problems;
}

/// Nothing that is executed gives anything back; no core, no ptrace.
void give_up_privileges(std::vector<std::string>& problems) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    problems.push_back(fmt::format("cannot set no_new_privs: {}", std::strerror(errno)));
  }
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace

uid_t uid_of(const char* user) {
  const auto account = account_named(user);
  return account ? account->uid : kNobody;
}

void ignore_outside_signals() {
  sigset_t ours;
  sigemptyset(&ours);
  for (const int signal : {SIGTERM, SIGINT, SIGABRT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM}) {
    std::signal(signal, SIG_IGN);
    sigaddset(&ours, signal);
  }
  // They were blocked since the exec, so that none could kill before this line. A pending signal
  // that is ignored is dropped.
  ::sigprocmask(SIG_UNBLOCK, &ours, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

std::vector<std::string> drop_privileges(const char* user) {
  std::vector<std::string> problems;
  change_identity(user, problems);
  // Leaving uid 0 has cleared them; where it could not be left, this does.
  capng_clear(CAPNG_SELECT_ALL);
  if (capng_apply(CAPNG_SELECT_CAPS) != 0) problems.emplace_back("cannot drop capabilities");
  give_up_privileges(problems);
  return problems;
}

std::vector<std::string> keep_network_privileges(const char* user) {
  std::vector<std::string> problems =
      become(user, {CAP_NET_RAW, CAP_NET_ADMIN, CAP_SYS_NICE, CAP_IPC_LOCK});
  give_up_privileges(problems);
  return problems;
}

std::vector<std::string> keep_spawner_privileges(const char* user) {
  std::vector<std::string> problems = become(user, {CAP_SETUID, CAP_SETGID, CAP_KILL});
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return problems;
}

bool may_change_user() {
  return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_SETUID) != 0 &&
         capng_have_capability(CAPNG_EFFECTIVE, CAP_SETGID) != 0;
}

}  // namespace evenkeel::daemon
