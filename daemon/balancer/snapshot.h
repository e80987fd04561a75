// All state at one moment, as a value: what status, monitors and (later) the page and the metrics
// show. Beside each struct stand its members in JSON, whose names and texts are also the manual's.
//
// Pure. Made by Balancer::snapshot in the one thread that owns the state; never half a change.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "checks/check.h"
#include "daemon/balancer/instance_snapshot.h"
#include "daemon/fields/members.h"
#include "ipvs/backend.h"
#include "ipvs/scheduler_flags.h"
#include "ipvs/types.h"

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
  std::uint32_t weight = 0;
  Usage usage = Usage::Absent;
  checks::Health health = checks::Health::Unknown;
  bool is_checked = true;
  bool is_adopted = false;
  bool is_stale = false;
  std::chrono::system_clock::time_point since{};
  std::optional<checks::CheckOutcome> last;
  std::string explanation;  ///< "200 in 4ms", "connect timeout (3 of 3)", "not checked", "waiting
                            ///< for the first check"
  ipvs::DestinationCounters counters;
};

constexpr auto members_of(fields::Of<RealServerSnapshot>) {
  using fields::member;
  using fields::path;
  using T = RealServerSnapshot;
  using ipvs::Destination;
  using ipvs::DestinationCounters;
  using ipvs::DestinationKey;
  return std::tuple(
      member("name", &T::name),
      member("address", path<&T::destination, &Destination::key, &DestinationKey::address>),
      member("port", path<&T::destination, &Destination::key, &DestinationKey::port>),
      member("forwarding", path<&T::destination, &Destination::forwarding>),
      member(
          "tunnel",
          [](const T& server) {
            const bool is_tunnelled =
                server.destination.forwarding == ipvs::ForwardingMethod::Tunnel;
            return fields::When{is_tunnelled, server.destination.tunnel};
          },
          "with the forwarding method tunnel"),
      member("sorry_server", &T::is_sorry_server),
      member("weight", &T::weight, "the effective one"),
      member("configured_weight", path<&T::destination, &Destination::weight>),
      member("upper_threshold", path<&T::destination, &Destination::upper_threshold>, "0: none"),
      member("lower_threshold", path<&T::destination, &Destination::lower_threshold>, "0: none"),
      member("usage", &T::usage, "quiesced: its weight is 0; absent: not in the kernel's table"),
      member("health", &T::health),
      member("checked", &T::is_checked, "false: no check is configured, it is always up"),
      member("adopted", &T::is_adopted,
             "used because the kernel had it, until the first outcome of its checks"),
      member("stale", &T::is_stale,
             "it cannot be checked now, and health is the last that is known"),
      member("since", &T::since, "of the present health"),
      member("explanation", &T::explanation, "of the health, for people"),
      member("last",
             fields::optional_object(&T::last, member("reason", &checks::CheckOutcome::reason),
                                     member("detail", &checks::CheckOutcome::detail),
                                     member("latency_us", &checks::CheckOutcome::latency)),
             "the last outcome of the check that decides; its reason is one of those in "
             "evenkeel(8)"),
      member("active_connections", path<&T::counters, &DestinationCounters::active_connections>),
      member("inactive_connections",
             path<&T::counters, &DestinationCounters::inactive_connections>),
      member("persistent_connections",
             path<&T::counters, &DestinationCounters::persistent_connections>));
}

struct ServiceSnapshot {
  std::string name;
  ipvs::Service service;
  std::uint64_t quorum = 1;
  bool has_quorum = false;
  bool is_starting = false;
  std::uint32_t up = 0;  ///< those that are used unchecked included
  std::uint32_t total = 0;
  std::string failure;
  bool is_in_kernel = true;  ///< as far as we know
  ipvs::Statistics statistics;
  std::vector<RealServerSnapshot> real_servers;  ///< sorry server last
};

/// A member of a service's key, where a firewall mark names the service (or where none does).
template <auto pointer, bool has_mark>
inline constexpr auto key_member = [](const ServiceSnapshot& service) {
  const ipvs::ServiceKey& key = service.service.key;
  return fields::When{(key.firewall_mark != 0) == has_mark, key.*pointer};
};
constexpr auto members_of(fields::Of<ServiceSnapshot>) {
  using fields::member;
  using fields::path;
  using T = ServiceSnapshot;
  using ipvs::Service;
  using ipvs::ServiceKey;
  constexpr std::string_view kNoMark = "without a firewall mark";
  return std::tuple(
      member("name", &T::name),
      member("firewall_mark", key_member<&ServiceKey::firewall_mark, true>,
             "where a firewall mark names the service"),
      member("protocol", key_member<&ServiceKey::protocol, false>, kNoMark),
      member("address", key_member<&ServiceKey::address, false>, kNoMark),
      member("port", key_member<&ServiceKey::port, false>, kNoMark),
      member("family", path<&T::service, &Service::key, &ServiceKey::family>),
      member("scheduler", path<&T::service, &Service::scheduler>, "the kernel's name"),
      member(
          "scheduler_flags", [](const T& s) { return ipvs::scheduler_flag_names(s.service); },
          "mh-fallback, mh-port, sh-fallback, sh-port; flag-1 to flag-3 of other schedulers"),
      member("persistence", path<&T::service, &Service::persistence_seconds>, "seconds; 0: none"),
      member("persistence_prefix", path<&T::service, &Service::persistence_prefix>),
      member("one_packet",
             [](const T& s) { return (s.service.flags & ipvs::ServiceFlags::kOnePacket) != 0; }),
      member("quorum", &T::quorum, "the sum of weights that is needed"),
      member("has_quorum", &T::has_quorum, "the service counts as up"),
      member("starting", &T::is_starting,
             "without quorum, until its first checks are made: that is not lost"),
      member("up", &T::up, "real servers, without the sorry server"),
      member("total", &T::total, "all real servers, without the sorry server"),
      member("failure", &T::failure, "why the kernel does not have it as wanted; empty: it does"),
      member("in_kernel", &T::is_in_kernel, "the kernel has it, perhaps not as wanted"));
}

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
  std::uint64_t stale_reports = 0;  ///< of an older generation
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

constexpr std::size_t kMaxFailedHooks = 64;  ///< that are shown

struct Snapshot {
  std::string version;
  std::string node_name;
  std::string config_digest;
  std::uint32_t generation = 0;
  std::chrono::system_clock::time_point loaded{};
  std::chrono::system_clock::time_point now{};
  KernelState kernel = KernelState::Missing;
  std::string kernel_detail;
  std::uint32_t connection_table_size = 0;
  bool is_ready = false;
  bool checks_frozen = false;
  std::vector<std::string>
      warnings;  ///< sysctls that could not be set, services that somebody fights over, ...
  ipvs::Timeouts timeouts;
  std::vector<std::pair<std::string, std::string>> sysctls;  ///< name, value read back
  std::vector<ProcessSnapshot> processes;
  std::vector<InstanceSnapshot> instances;  ///< in the order of the file
  std::vector<ServiceSnapshot> services;    ///< likewise
  std::size_t foreign_services = 0;
  std::vector<HookSnapshot> failed_hooks;  ///< at most kMaxFailedHooks
  Counters counters;
};

constexpr auto members_of(fields::Of<Snapshot>) {
  using fields::member;
  using T = Snapshot;
  return std::tuple(
      member("version", &T::version, "of the daemon"), member("node_name", &T::node_name),
      member("configuration", &T::config_digest,
             "the first 6 hex digits of SHA-256 over the file and its includes"),
      member("generation", &T::generation, "counts the configurations loaded since the start"),
      member("loaded", &T::loaded, "when the configuration was loaded"), member("now", &T::now),
      member("ready", &T::is_ready, "the first round of checks is over"),
      member("health_frozen", &T::checks_frozen,
             "every check fails for a reason of this host's own; health stands still"),
      member("warnings", &T::warnings),
      member(
          "kernel",
          fields::object(
              member("state", &T::kernel,
                     "unused: no virtual service needs it; refusing: see the failure of services"),
              member("detail", &T::kernel_detail,
                     "what is missing or failing, or what has drifted"),
              member("connection_table_size", &T::connection_table_size),
              member("foreign_services", &T::foreign_services, "services that are not ours"),
              member("timeouts", &T::timeouts, "seconds"),
              member("sysctls", &T::sysctls, "settings of net.ipv4.vs, as they were read back"))),
      member("failed_hooks", &T::failed_hooks,
             "the first of them, of instances, sync groups, services and real servers"),
      member("processes", &T::processes,
             "state: running or restarting; problem: the fault of a running process; empty: none"),
      member("counters", &T::counters, "since the daemon started"));
}

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
