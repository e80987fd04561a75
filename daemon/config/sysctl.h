// The settings of net.ipv4.vs.* that [ipvs.sysctl] may set: names, ranges, recommended values.
//
// Pure. Sources: net/netfilter/ipvs/ip_vs_ctl.c (6.1; est_nice and the *_lfactor of later kernels),
// ipvs/README.md. Which of them this kernel has is found when they are set.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "daemon/config/config.h"
#include "daemon/config/known_keys.h"

namespace evenkeel::daemon {

struct Sysctl {
  std::string_view name;
  std::int64_t min = 0, max = 1;
  bool is_switch = true;  ///< true and false are taken for 1 and 0
};

/// In the order of their names.
[[nodiscard]] std::span<const Sysctl> known_sysctls();

/// The keys of [ipvs.sysctl]: the known settings, and those of a later version.
[[nodiscard]] KnownKeys sysctl_keys();

/// The values of settings that the file leaves out. The kernel resets the connections of a removed
/// real server at once (expire_nodest_conn), and a drained one keeps its persistent clients
/// (expire_quiescent_template 0). It schedules a reused port anew, also where it sees the client's
/// packets only (conn_reuse_mode 3: bit 0 covers TIME_WAIT and CLOSE, bit 1 FIN_WAIT, the last
/// state of a direct or tunnelled connection; ip_vs_core.c, is_new_conn_expected). A new Master
/// schedules the flows that the old one had (sloppy_tcp).
[[nodiscard]] SysctlValues recommended_sysctls();

}  // namespace evenkeel::daemon
