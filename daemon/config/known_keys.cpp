#include "daemon/config/known_keys.h"

#include <algorithm>
#include <array>
#include <vector>

#include "daemon/config/sysctl.h"

namespace evenkeel::daemon {
namespace {

constexpr Support kNotYet = Support::NotYet;

constexpr KnownKey kRoot[] = {
    {"include"}, {"global"},          {"ipvs"},          {"vrrp"},
    {"check"},   {"virtual_service"}, {"view", kNotYet}, {"script", kNotYet},
};

constexpr KnownKey kGlobal[] = {
    {"node_name"},  {"address_lease"}, {"log_level"},
    {"log_format"}, {"control_group"}, {"status_group"},
};

constexpr KnownKey kIpvs[] = {
    {"exclusive"}, {"on_stop"}, {"max_removals"},  {"drift_interval"},
    {"timeouts"},  {"sysctl"},  {"sync", kNotYet},
};

constexpr KnownKey kTimeouts[] = {{"tcp"}, {"tcp_fin"}, {"udp"}};

constexpr KnownKey kVrrp[] = {{"instance"}, {"sync_group"}};

constexpr KnownKey kInstance[] = {
    {"name"},
    {"interface"},
    {"virtual_router_id"},
    {"family"},
    {"version"},
    {"priority"},
    {"advertisement_interval"},
    {"preempt"},
    {"preempt_delay"},
    {"virtual_addresses"},
    {"extra_addresses"},
    {"unicast"},
    {"unicast_interface"},
    {"checksum"},
    {"password"},
    {"announcements"},
    {"address_conflict"},
    {"foreign_address_list"},
    {"virtual_routes", kNotYet},
    {"virtual_rules", kNotYet},
    {"virtual_mac", kNotYet},
    {"accept", kNotYet},
    {"track_interfaces", kNotYet},
    {"track_scripts", kNotYet},
    {"track_services", kNotYet},
    {"track_files", kNotYet},
    {"track_processes", kNotYet},
    {"on_master", kNotYet},
    {"on_backup", kNotYet},
    {"on_fault", kNotYet},
    {"on_change", kNotYet},
};

constexpr KnownKey kAnnouncements[] = {{"at"}, {"refresh"}};

constexpr KnownKey kSyncGroup[] = {
    {"name"},
    {"instances"},
    {"track_interfaces", kNotYet},
    {"track_scripts", kNotYet},
    {"track_services", kNotYet},
    {"track_files", kNotYet},
    {"track_processes", kNotYet},
    {"on_master", kNotYet},
    {"on_backup", kNotYet},
    {"on_fault", kNotYet},
    {"on_change", kNotYet},
};

constexpr KnownKey kCheck[] = {
    {"type"},
    {"address"},
    {"port"},
    {"interval"},
    {"timeout"},
    {"rise"},
    {"fall"},
    {"fast_interval"},
    {"down_interval"},
    {"initial"},
    // tcp
    {"send"},
    {"expect"},
    // http
    {"method"},
    {"path"},
    {"host"},
    {"headers"},
    {"status"},
    {"body"},
    {"body_limit"},
    {"header_limit"},
    // of later steps
    {"source", kNotYet},
    {"interface", kNotYet},
    {"body_regex", kNotYet},
    {"digest", kNotYet},
    {"basic_auth", kNotYet},
    {"http_version", kNotYet},
    {"verify", kNotYet},
    {"server_name", kNotYet},
    {"ca_file", kNotYet},
    {"certificate", kNotYet},
    {"private_key", kNotYet},
    {"alpn", kNotYet},
    {"name", kNotYet},
    {"record_type", kNotYet},
    {"transport", kNotYet},
    {"require_reply", kNotYet},
    {"size", kNotYet},
    {"starttls", kNotYet},
    {"helo", kNotYet},
    {"command", kNotYet},
    {"user", kNotYet},
    {"environment", kNotYet},
    {"dynamic_weight", kNotYet},
};

constexpr KnownKey kService[] = {
    {"name"},
    {"address"},
    {"port"},
    {"protocol"},
    {"scheduler"},
    {"scheduler_flags"},
    {"forwarding"},
    {"tunnel"},
    {"persistence"},
    {"persistence_prefix"},
    {"one_packet"},
    {"quorum"},
    {"hysteresis"},
    {"on_failure"},
    {"check"},
    {"sorry_server"},
    {"real_server"},
    {"firewall_mark", kNotYet},
    {"addresses", kNotYet},
    {"ports", kNotYet},
    {"slow_start", kNotYet},
    {"panic_threshold", kNotYet},
    {"removal_drain", kNotYet},
    {"on_up", kNotYet},
    {"on_down", kNotYet},
    {"on_quorum", kNotYet},
    {"on_quorum_lost", kNotYet},
};

constexpr KnownKey kTunnel[] = {{"type"}, {"port", kNotYet}, {"checksum", kNotYet}};

constexpr KnownKey kRealServer[] = {
    {"name"},  {"address"}, {"port"}, {"weight"}, {"upper_threshold"}, {"lower_threshold"},
    {"check"},
};

constexpr KnownKey kSorryServer[] = {{"address"}, {"port"}, {"forwarding"}, {"tunnel"}};

/// Settings of the sync daemons come with [ipvs.sync]; est_cpulist is no integer.
constexpr KnownKey kLaterSysctls[] = {
    {"est_cpulist", kNotYet},    {"sync_persist_mode", kNotYet},   {"sync_ports", kNotYet},
    {"sync_qlen_max", kNotYet},  {"sync_refresh_period", kNotYet}, {"sync_retries", kNotYet},
    {"sync_sock_size", kNotYet}, {"sync_threshold", kNotYet},      {"sync_version", kNotYet},
};

std::span<const KnownKey> sysctl_keys() {
  static const std::vector<KnownKey> keys = [] {
    std::vector<KnownKey> all;
    for (const Sysctl& sysctl : known_sysctls()) all.push_back({sysctl.name});
    all.insert(all.end(), std::begin(kLaterSysctls), std::end(kLaterSysctls));
    return all;
  }();
  return keys;
}

enum Index : std::size_t {
  kRootIndex,
  kGlobalIndex,
  kIpvsIndex,
  kTimeoutsIndex,
  kSysctlIndex,
  kVrrpIndex,
  kInstanceIndex,
  kAnnouncementsIndex,
  kSyncGroupIndex,
  kCheckIndex,
  kServiceIndex,
  kTunnelIndex,
  kRealServerIndex,
  kSorryServerIndex,
  kCount,
};

const std::array<KnownTable, kCount>& tables() {
  static const std::array<KnownTable, kCount> all = {{
      {"", "the file", kRoot},
      {"global", "[global]", kGlobal},
      {"ipvs", "[ipvs]", kIpvs},
      {"ipvs.timeouts", "[ipvs.timeouts]", kTimeouts},
      {"ipvs.sysctl", "[ipvs.sysctl]", sysctl_keys()},
      {"vrrp", "[vrrp]", kVrrp},
      {"vrrp.instance", "[[vrrp.instance]]", kInstance},
      {"vrrp.instance.announcements", "the announcements", kAnnouncements},
      {"vrrp.sync_group", "[[vrrp.sync_group]]", kSyncGroup},
      {"check", "the check", kCheck},
      {"virtual_service", "[[virtual_service]]", kService},
      {"virtual_service.tunnel", "the tunnel", kTunnel},
      {"virtual_service.real_server", "[[virtual_service.real_server]]", kRealServer},
      {"virtual_service.sorry_server", "the sorry_server", kSorryServer},
  }};
  return all;
}

}  // namespace

const KnownKey* KnownTable::find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const KnownKey& known) { return known.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

const KnownTable& root_table() {
  return tables()[kRootIndex];
}
const KnownTable& global_table() {
  return tables()[kGlobalIndex];
}
const KnownTable& ipvs_table() {
  return tables()[kIpvsIndex];
}
const KnownTable& timeouts_table() {
  return tables()[kTimeoutsIndex];
}
const KnownTable& sysctl_table() {
  return tables()[kSysctlIndex];
}
const KnownTable& vrrp_table() {
  return tables()[kVrrpIndex];
}
const KnownTable& instance_table() {
  return tables()[kInstanceIndex];
}
const KnownTable& announcements_table() {
  return tables()[kAnnouncementsIndex];
}
const KnownTable& sync_group_table() {
  return tables()[kSyncGroupIndex];
}
const KnownTable& check_table() {
  return tables()[kCheckIndex];
}
const KnownTable& service_table() {
  return tables()[kServiceIndex];
}
const KnownTable& tunnel_table() {
  return tables()[kTunnelIndex];
}
const KnownTable& real_server_table() {
  return tables()[kRealServerIndex];
}
const KnownTable& sorry_server_table() {
  return tables()[kSorryServerIndex];
}

std::span<const KnownTable> known_tables() {
  return tables();
}

}  // namespace evenkeel::daemon
