// The configuration as plain values, complete: every default is filled in, every per-node value is
// resolved, every reference is replaced by what it refers to. Made by parse_config (parse.h);
// immutable; shared by pointer.
//
// Field names are the keys of the file (shared vocabulary: virtual service, real server,
// forwarding, persistence).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "daemon/config/hooks.h"
#include "daemon/config/server_check.h"
#include "daemon/config/tracked.h"
#include "daemon/fields/severity.h"
#include "daemon/fields/words.h"
#include "ipvs/types.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

using fields::name;
using fields::Severity;
using fields::to_string;

using Duration = std::chrono::steady_clock::duration;

enum class LogFormat : std::uint8_t { Text, Json };
constexpr auto words_of(LogFormat) {
  using enum LogFormat;
  return fields::words<LogFormat>({{Text, "text"}, {Json, "json"}});
}

struct GlobalConfig {
  std::string node_name;  ///< default: the host name
  Severity log_level = Severity::Info;
  LogFormat log_format = LogFormat::Text;
  std::string control_group = "evenkeel";            ///< may use the control socket
  std::string status_group = "evenkeel-status";      ///< may use the status socket
  std::string hook_user = "nobody";                  ///< of hooks that say no other
  Duration hook_timeout = std::chrono::seconds(30);  ///< likewise

  friend bool operator==(const GlobalConfig&, const GlobalConfig&) = default;
};

enum class OnStop : std::uint8_t { Keep, Remove };
constexpr auto words_of(OnStop) {
  using enum OnStop;
  return fields::words<OnStop>({{Keep, "keep"}, {Remove, "remove"}});
}

/// Part of the configuration in force that one reload may take away (balancer/removals.h).
struct MaxRemovals {
  std::uint8_t percent = 50;  ///< 0..100, of each kind: instances, addresses, services, servers
  friend bool operator==(const MaxRemovals&, const MaxRemovals&) = default;
};

/// net.ipv4.vs.*: an integer each (booleans are 0 and 1), in the order of their names.
using SysctlValues = std::map<std::string, std::int64_t>;

struct IpvsTimeouts {  ///< 0 = leave the kernel's
  std::chrono::seconds tcp{0}, tcp_fin{0}, udp{0};
  friend bool operator==(const IpvsTimeouts&, const IpvsTimeouts&) = default;
};

struct IpvsConfig {
  bool exclusive = false;  ///< true: services that are not ours are removed
  OnStop on_stop = OnStop::Keep;
  MaxRemovals max_removals;
  Duration drift_interval = std::chrono::seconds(30);  ///< 0 = off
  IpvsTimeouts timeouts;
  SysctlValues sysctl;  ///< recommended defaults included

  friend bool operator==(const IpvsConfig&, const IpvsConfig&) = default;
};

/// What happens to a real server that fails: daemon/balancer/README.md.
enum class OnFailure : std::uint8_t { Auto, Quiesce, Remove };
constexpr auto words_of(OnFailure) {
  using enum OnFailure;
  return fields::words<OnFailure>({{Auto, "auto"}, {Quiesce, "quiesce"}, {Remove, "remove"}});
}

struct RealServerConfig {
  std::string name;                 ///< default: address:port
  ipvs::Destination destination;    ///< as configured: full weight
  std::vector<ServerCheck> checks;  ///< all must pass; empty = always up

  friend bool operator==(const RealServerConfig&, const RealServerConfig&) = default;
};

struct ServiceConfig {
  std::string name;
  ipvs::Service service;
  OnFailure on_failure = OnFailure::Auto;
  std::uint64_t quorum = 1;      ///< sum of weights needed to count as up
  std::uint64_t hysteresis = 0;  ///< lost below quorum - hysteresis, gained at quorum + hysteresis
  std::optional<ipvs::Destination> sorry_server;
  std::vector<RealServerConfig> real_servers;  ///< in the order of the file
  ServiceHooks hooks;

  friend bool operator==(const ServiceConfig&, const ServiceConfig&) = default;
};

/// Weight 0 never moves a UDP flow or a client with a persistence template: a failure must remove
/// (ipvs/README.md).
[[nodiscard]] inline bool failure_removes(const ServiceConfig& service) {
  return service.service.key.protocol == ipvs::Protocol::Udp ||
         service.service.persistence_seconds > 0;
}

struct Config {
  std::string digest;  ///< first 6 hex digits of SHA-256 over the file and its includes
  GlobalConfig global;
  IpvsConfig ipvs;
  vrrp::Config vrrp;
  std::map<std::string, VrrpHooks> instance_hooks;  ///< by their names
  std::map<std::string, VrrpHooks> group_hooks;     ///< likewise
  std::vector<ServiceConfig> services;              ///< in the order of the file
  Tracked tracked;  ///< what the tracks of `vrrp` follow, where main judges it

  friend bool operator==(const Config&, const Config&) = default;
};

}  // namespace evenkeel::daemon
