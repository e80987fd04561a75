// The capabilities of main: those that it keeps, and the one that is effective now.
//
// Nothing here fails hard: without root (tests, `evenkeeld --check`) there is nothing to keep, and
// the kernel refuses, by name, a step that needs a capability. One thread.
#pragma once

#include <linux/capability.h>
#include <string>

namespace evenkeel::daemon {

enum class Capability : unsigned {
  NetAdmin = CAP_NET_ADMIN,  ///< IPVS, addresses, net.ipv4.vs sysctls
  NetRaw = CAP_NET_RAW,      ///< packet sockets of vrrp
  SysNice = CAP_SYS_NICE,    ///< SCHED_RR for vrrp
  IpcLock = CAP_IPC_LOCK,    ///< locked memory for vrrp
  SetUid = CAP_SETUID,       ///< children change their user
  SetGid = CAP_SETGID,
  Kill = CAP_KILL,    ///< of children that have changed their user
  Chown = CAP_CHOWN,  ///< the control socket's group
};

/// Keeps these eight, permitted but none of them effective, and drops all others, for good and
/// also for what we execute (bounding set). Returns "" or what could not be done, for a warning.
[[nodiscard]] std::string keep_main_capabilities();

/// Makes one capability effective while this lives; nests. Does nothing where it is not permitted.
class ScopedCapability {
 public:
  explicit ScopedCapability(Capability capability);
  ~ScopedCapability();
  ScopedCapability(const ScopedCapability&) = delete;
  ScopedCapability& operator=(const ScopedCapability&) = delete;

 private:
  unsigned number_;
  bool raised_;
};

}  // namespace evenkeel::daemon
