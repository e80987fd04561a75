// The capabilities of main: what it may ever do, and what it may do now.
//
// Nothing here fails hard: without root (tests, `evenkeeld check`) there is nothing to keep, and
// what needs a capability is refused by the kernel, by name, where it is tried. One thread.
#pragma once

#include <cstdint>
#include <string>

namespace evenkeel::daemon {

enum class Capability : std::uint8_t {
  NetAdmin,  ///< IPVS, addresses, net.ipv4.vs sysctls
  NetRaw,    ///< ICMP sockets for the ping check
  SysNice,   ///< SCHED_RR for vrrp
  IpcLock,   ///< locked memory for vrrp
  SetUid,    ///< children change their user
  SetGid,
  Kill,   ///< children that have changed it
  Chown,  ///< the control socket's group
};

/// Keeps these eight, permitted but none of them effective, and drops all others, for good and
/// also for what we execute (bounding set). Returns "" or what could not be done, for a warning.
[[nodiscard]] std::string keep_main_capabilities();

/// One capability effective while this lives; nests. Without it permitted: nothing happens.
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
