// All state at one moment, as a value: what status, monitors and (later) the page and the metrics
// show.
//
// Pure. Made by Balancer::snapshot in the one thread that owns the state; never half a change.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "ipvs/backend.h"
#include "ipvs/types.h"
#include "vrrp/config.h"
#include "vrrp/status.h"

namespace evenkeel::daemon {

using fields::name;
using fields::to_string;

/// One moment on both clocks. Everything is timed on the steady one; what a snapshot says is
/// `now` minus an age, so that somebody who sets the clock makes nothing older or younger.
struct Clocks {
  std::chrono::steady_clock::time_point steady{};
  std::chrono::system_clock::time_point wall{};

  /// For people. The result is not before the steady clock's beginning and not after this moment: a
  /// child may send any time.
  [[nodiscard]] std::chrono::system_clock::time_point wall_time(
      std::chrono::steady_clock::time_point time) const {
    const auto known = std::clamp(time, {}, std::max(steady, {}));
    return wall - std::chrono::duration_cast<std::chrono::system_clock::duration>(steady - known);
  }
};

enum class Usage : std::uint8_t {
  Used,      ///< in the table with its weight
  Quiesced,  ///< weight 0: keeps connections, takes no new ones
  Absent,    ///< not in the table
};
constexpr auto words_of(Usage) {
  using enum Usage;
  return fields::words<Usage>({{Used, "used"}, {Quiesced, "quiesced"}, {Absent, "absent"}});
}

struct RealServerSnapshot {
  std::string name;
  ipvs::Destination destination;  ///< as configured
  bool is_sorry_server = false;
  std::uint32_t weight = 0;  ///< the effective one
  Usage usage = Usage::Absent;
  checks::Health health = checks::Health::Unknown;
  bool is_checked = true;   ///< false: no check is configured, always up
  bool is_adopted = false;  ///< used because the kernel already had it, until its first outcome
  bool is_stale = false;  ///< we cannot check any more (LocalError), or the checks process is away
  std::chrono::system_clock::time_point since{};  ///< of the present health
  std::optional<checks::CheckOutcome> last;       ///< the deciding check's last outcome
  std::string explanation;  ///< "200 in 4ms", "connect timeout (3 of 3)", "not checked", "waiting
                            ///< for the first check"
  ipvs::DestinationCounters counters;
};

struct ServiceSnapshot {
  std::string name;
  ipvs::Service service;
  std::uint64_t quorum = 1;
  bool has_quorum = false;
  bool is_starting = false;  ///< without quorum until its first checks are made: not lost
  std::uint32_t up =
      0;  ///< real servers that are Up (or used unchecked), the sorry server not counted
  std::uint32_t total = 0;   ///< real servers, the sorry server not counted
  std::string failure;       ///< why it is not in the kernel as wanted; "" = it is
  bool is_in_kernel = true;  ///< as far as we know
  ipvs::Statistics statistics;
  std::vector<RealServerSnapshot> real_servers;  ///< sorry server last
};

enum class KernelState : std::uint8_t {
  Unused,  ///< nothing of it is needed: it is not touched
  Missing,
  Reading,
  InSync,
  Programming,
  Drift,     ///< somebody else has changed what is ours
  Refusing,  ///< a service or some of its destinations: ServiceSnapshot::failure
  Failing,
};
constexpr auto words_of(KernelState) {
  using enum KernelState;
  return fields::words<KernelState>({{Unused, "unused", "kernel not used"},
                                     {Missing, "missing", "kernel missing"},
                                     {Reading, "reading", "reading the kernel"},
                                     {InSync, "in_sync", "kernel in sync"},
                                     {Programming, "programming", "programming the kernel"},
                                     {Drift, "drift", "kernel has drifted"},
                                     {Refusing, "refusing", "kernel refuses a service"},
                                     {Failing, "failing", "kernel fails"}});
}

struct ProcessSnapshot {
  std::string role;
  std::string state;  ///< "running", "restarting"
  int pid = 0;
  std::uint32_t restarts = 0;
  std::chrono::system_clock::time_point since{};
  std::string problem{};  ///< it runs, and not well: "late: ..."; "" = all is well
};
constexpr auto fields_of(fields::Of<ProcessSnapshot>) {
  using fields::field;
  using T = ProcessSnapshot;
  return fields::table(field<&T::role>("role"), field<&T::state>("state"), field<&T::pid>("pid"),
                       field<&T::restarts>("restarts"), field<&T::since>("since"),
                       field<&T::problem>("problem"));
}

struct Counters {
  std::uint64_t drift_repairs = 0;
  std::uint64_t operations = 0;  ///< sent to the kernel
  std::uint64_t refused_operations = 0;
  std::uint64_t check_outcomes = 0;
  std::uint64_t stale_reports = 0;  ///< of an older generation, dropped
  std::uint64_t malformed_messages = 0;
  std::uint64_t malformed_requests = 0;
  std::uint64_t rejected_clients = 0;
};
constexpr auto fields_of(fields::Of<Counters>) {
  using fields::field;
  using T = Counters;
  return fields::table(
      field<&T::drift_repairs>("drift_repairs"), field<&T::operations>("operations"),
      field<&T::refused_operations>("refused_operations"),
      field<&T::check_outcomes>("check_outcomes"), field<&T::stale_reports>("stale_reports"),
      field<&T::malformed_messages>("malformed_messages"),
      field<&T::malformed_requests>("malformed_requests"),
      field<&T::rejected_clients>("rejected_clients"));
}

/// One virtual router. Times of its status are on the steady clock; `since` is for people.
struct InstanceSnapshot {
  vrrp::InstanceConfig config;
  vrrp::InstanceStatus status;
  std::string sync_group;  ///< "" = none
  std::chrono::system_clock::time_point since{};
  std::vector<std::chrono::system_clock::time_point> peers_heard;  ///< of status.peers, in order
  bool is_stale = false;  ///< the vrrp process is away: the status is the last known
};

struct Snapshot {
  std::string version;
  std::string node_name;
  std::string config_digest;
  std::uint32_t generation = 0;
  std::chrono::system_clock::time_point loaded{};
  std::chrono::system_clock::time_point now{};
  KernelState kernel = KernelState::Missing;
  std::string kernel_detail;  ///< what is missing or failing, what has drifted
  std::uint32_t connection_table_size = 0;
  bool is_ready = false;       ///< the first round of checks is over
  bool checks_frozen = false;  ///< every check fails with LocalError: health is frozen
  std::vector<std::string>
      warnings;  ///< sysctls that could not be set, services that somebody fights over, ...
  ipvs::Timeouts timeouts;
  std::vector<std::pair<std::string, std::string>> sysctls;  ///< name, value read back
  std::vector<ProcessSnapshot> processes;
  std::vector<InstanceSnapshot> instances;  ///< in the order of the file
  std::vector<ServiceSnapshot> services;    ///< likewise
  std::size_t foreign_services = 0;         ///< in the kernel, not ours, left alone
  Counters counters;
};

/// A node with VRRP only, or with an empty configuration, needs no IPVS.
[[nodiscard]] inline bool needs_kernel(const Snapshot& snapshot) {
  return !snapshot.services.empty();
}

/// evenkeel(8): 0 all well, a healthy Backup too, 1 degraded, 2 down.
[[nodiscard]] int exit_code(const Snapshot& snapshot);
/// 2 in Initialize, whatever the reason; 1 stale, an address that is not ours, or one refused.
[[nodiscard]] int exit_code(const InstanceSnapshot& instance);
/// The worst of them; of none 0.
[[nodiscard]] int exit_code(const std::vector<const InstanceSnapshot*>& instances);

}  // namespace evenkeel::daemon
