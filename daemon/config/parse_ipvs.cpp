#include "daemon/config/parse_ipvs.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "daemon/config/sysctl.h"

namespace evenkeel::daemon {
namespace {

using std::chrono::seconds;

std::optional<MaxRemovals> read_percentage(const Value& value, Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  if (string) {
    const std::string& text = string->get();
    std::uint8_t percent = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, percent);
    if (error == std::errc{} &&
        std::string_view(rest, static_cast<std::size_t>(end - rest)) == "%" && percent <= 100) {
      return MaxRemovals{.percent = percent};
    }
  }
  report_mismatch(value, "a percentage, \"0%\" .. \"100%\"", diagnostics);
  return std::nullopt;
}

/// The kernel keeps them in jiffies: INT_MAX / HZ seconds, HZ at most 1000 (ip_vs_ctl.c,
/// ip_vs_set_timeout).
IpvsTimeouts parse_timeouts(const toml::table& table, Place place, Context& context) {
  TableReader reader(table, place, timeouts_table(), context);
  const auto timeout = [&](std::string_view key) {
    const auto duration = reader.duration(key, {.min = seconds(1),
                                                .max = seconds(2'147'483),
                                                .is_whole_seconds = true,
                                                .zero_is_allowed = true});
    return std::chrono::duration_cast<seconds>(duration.value_or(Duration::zero()));
  };
  return {.tcp = timeout("tcp"), .tcp_fin = timeout("tcp_fin"), .udp = timeout("udp")};
}

std::optional<std::int64_t> read_sysctl(const Value& value, const Sysctl& sysctl,
                                        Diagnostics& diagnostics) {
  if (!sysctl.is_switch) {
    return read_integer(value, {.min = sysctl.min, .max = sysctl.max}, diagnostics);
  }
  if (const auto* const boolean = value.node->as_boolean()) return boolean->get() ? 1 : 0;
  const auto* const integer = value.node->as_integer();
  if (integer && (integer->get() == 0 || integer->get() == 1)) return integer->get();
  report_mismatch(value, "true or false (or 1 or 0)", diagnostics);
  return std::nullopt;
}

SysctlValues parse_sysctls(const toml::table& table, Place place, Context& context) {
  TableReader reader(table, place, sysctl_table(), context);
  SysctlValues values = recommended_sysctls();
  for (const Sysctl& sysctl : known_sysctls()) {
    const auto value = reader.read(sysctl.name, [&](const Value& written) {
      return read_sysctl(written, sysctl, context.diagnostics);
    });
    if (value) values[std::string(sysctl.name)] = *value;
  }
  if (values["conn_reuse_mode"] == 0) {
    reader.warn(
        "conn_reuse_mode",
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

void doubt_connection_reuse(const PlacedTable& ipvs, const IpvsConfig& config,
                            const std::vector<ServiceConfig>& services, Diagnostics& diagnostics) {
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
  config.sysctl = recommended_sysctls();
  if (!ipvs.table) return config;
  TableReader reader(*ipvs.table, ipvs.place, ipvs_table(), context);
  if (const auto exclusive = reader.boolean("exclusive")) config.exclusive = *exclusive;
  if (const auto on_stop = reader.choice<OnStop>("on_stop")) config.on_stop = *on_stop;
  const auto max_removals = reader.read("max_removals", [&](const Value& value) {
    return read_percentage(value, context.diagnostics);
  });
  if (max_removals) config.max_removals = *max_removals;
  const auto drift_interval =
      reader.duration("drift_interval",
                      {.min = seconds(1), .max = std::chrono::hours(24), .zero_is_allowed = true});
  if (drift_interval) config.drift_interval = *drift_interval;
  if (const toml::table* const timeouts = reader.table("timeouts")) {
    config.timeouts = parse_timeouts(*timeouts, reader.place_of_value("timeouts"), context);
  }
  if (const toml::table* const sysctl = reader.table("sysctl")) {
    config.sysctl = parse_sysctls(*sysctl, reader.place_of_value("sysctl"), context);
  }
  return config;
}

}  // namespace evenkeel::daemon
