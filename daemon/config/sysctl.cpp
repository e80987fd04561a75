#include "daemon/config/sysctl.h"

#include <algorithm>
#include <array>
#include <limits>

namespace evenkeel::daemon {
namespace {

constexpr std::int64_t kIntMax = std::numeric_limits<std::int32_t>::max();

constexpr Sysctl number(std::string_view name, std::int64_t min, std::int64_t max) {
  return {.name = name, .min = min, .max = max, .is_switch = false};
}
constexpr Sysctl on_off(std::string_view name) {
  return {.name = name};
}

constexpr std::array kSysctls = {
    number("am_droprate", 0, kIntMax),
    number("amemthresh", 0, kIntMax),  // pages
    on_off("backup_only"),
    on_off("cache_bypass"),
    number("conn_lfactor", -8, 8),
    number("conn_reuse_mode", 0, 3),
    on_off("conntrack"),
    number("drop_entry", 0, 3),
    number("drop_packet", 0, 3),
    number("est_nice", -20, 19),
    on_off("expire_nodest_conn"),
    on_off("expire_quiescent_template"),
    on_off("ignore_tunneled"),
    number("lblc_expiration", 1, 2'147'483),   // seconds, kept in jiffies
    number("lblcr_expiration", 1, 2'147'483),  // seconds, kept in jiffies
    on_off("nat_icmp_send"),
    on_off("pmtu_disc"),
    on_off("run_estimation"),
    on_off("schedule_icmp"),
    number("secure_tcp", 0, 3),
    on_off("sloppy_sctp"),
    on_off("sloppy_tcp"),
    on_off("snat_reroute"),
    number("svc_lfactor", -8, 8),
};

/// Settings of the sync daemons come with [ipvs.sync]; est_cpulist is no integer.
constexpr std::array<std::string_view, 9> kLater = {
    "est_cpulist",  "sync_persist_mode", "sync_ports",     "sync_qlen_max", "sync_refresh_period",
    "sync_retries", "sync_sock_size",    "sync_threshold", "sync_version"};

constexpr auto kNames = [] {
  std::array<std::string_view, kSysctls.size()> names;
  std::transform(kSysctls.begin(), kSysctls.end(), names.begin(),
                 [](const Sysctl& sysctl) { return sysctl.name; });
  return names;
}();

}  // namespace

KnownKeys sysctl_keys() {
  return {.names = kNames, .later = kLater};
}

std::span<const Sysctl> known_sysctls() {
  return kSysctls;
}

SysctlValues recommended_sysctls() {
  return {{"conn_reuse_mode", 3},
          {"expire_nodest_conn", 1},
          {"expire_quiescent_template", 0},
          {"sloppy_tcp", 1}};
}

}  // namespace evenkeel::daemon
