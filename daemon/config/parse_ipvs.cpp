#include "daemon/config/parse_ipvs.h"

#include <algorithm>

#include "daemon/config/global_keys.h"
#include "daemon/config/sysctl.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {
namespace {

std::optional<std::int64_t> read_sysctl(const Value& value, const Sysctl& sysctl,
                                        Diagnostics& diagnostics) {
  if (!sysctl.is_switch) {
    return read_as(value, Between{sysctl.min, sysctl.max}, diagnostics);
  }
  if (const auto* const boolean = value.node->as_boolean()) return boolean->get() ? 1 : 0;
  const auto* const integer = value.node->as_integer();
  if (integer && (integer->get() == 0 || integer->get() == 1)) return integer->get();
  return report_mismatch(value, "true or false (or 1 or 0)", diagnostics);
}

SysctlValues parse_sysctls(const PlacedTable& table, Context& context) {
  SysctlValues values = recommended_sysctls();
  if (!table.table) return values;
  const std::span<const Sysctl> known = known_sysctls();
  for (const auto& [key, node] : *table.table) {
    const auto sysctl =
        std::find_if(known.begin(), known.end(),
                     [name = key.str()](const Sysctl& one) { return one.name == name; });
    if (sysctl == known.end()) {
      report_foreign_key(key, node, table.place, sysctl_keys(), context.diagnostics);
      continue;
    }
    const Value written = value_at(node, table.place, sysctl->name);
    const auto value = read_value(written, context, [&](const Value& one) {
      return read_sysctl(one, *sysctl, context.diagnostics);
    });
    if (value) values[std::string(sysctl->name)] = *value;
  }
  if (values["conn_reuse_mode"] == 0) {
    context.diagnostics.warn(
        place_of(*table.table->get("conn_reuse_mode"), table.place),
        "conn_reuse_mode 0: a client that uses a source port again stays with a server that "
        "is drained or quiesced, so that a drain may never end");
  }
  return values;
}

/// Replies pass the balancer by.
bool is_one_way(const ServiceConfig& service) {
  return std::any_of(service.real_servers.begin(), service.real_servers.end(),
                     [](const RealServerConfig& server) {
                       return server.destination.forwarding != ipvs::ForwardingMethod::Masquerade;
                     });
}

}  // namespace

void warn_of_connection_reuse(const PlacedTable& ipvs, const IpvsConfig& config,
                              const std::vector<ServiceConfig>& services,
                              Diagnostics& diagnostics) {
  const auto mode = config.sysctl.find("conn_reuse_mode");
  if (mode == config.sysctl.end() || mode->second > 1 || !ipvs.table) return;
  const toml::table* const sysctl = (*ipvs.table)["sysctl"].as_table();
  const toml::node* const written = sysctl ? sysctl->get("conn_reuse_mode") : nullptr;
  const auto service = std::find_if(services.begin(), services.end(), is_one_way);
  if (!written || service == services.end()) return;
  diagnostics.warn(place_of(*written, ipvs.place),
                   "conn_reuse_mode " + std::to_string(mode->second) + ": virtual service " +
                       in_quotes(service->name) +
                       " is direct or a tunnel: a client that uses a source port again within two "
                       "minutes stays with the real server of then, and a hand-over resets it: 3 "
                       "does not");
}

IpvsConfig parse_ipvs(const PlacedTable& ipvs, Context& context) {
  IpvsConfig config;
  Written<IpvsConfig> written(ipvs, context);
  written.take(config);
  Written<IpvsTimeouts>(written.table("timeouts"), context).take(config.timeouts);
  config.sysctl = parse_sysctls(written.table("sysctl"), context);
  return config;
}

}  // namespace evenkeel::daemon
