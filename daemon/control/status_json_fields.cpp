#include "daemon/control/status_json_fields.h"

#include <chrono>
#include <string_view>

#include "daemon/control/append.h"
#include "daemon/control/json_text.h"
#include "daemon/control/scheduler_flags.h"
#include "daemon/control/status_summary.h"

namespace evenkeel::daemon {

namespace {

void address_field(std::string& out, const ipvs::Address& address) {
  append_key(out, "address");
  out += '"';
  append_address(out, address);  // hexadecimal digits, dots and colons: nothing to escape
  out += '"';
}

void append_statistics(std::string& out, const ipvs::Statistics& statistics) {
  begin_object(out, "statistics");
  number_field(out, "connections", statistics.connections);
  number_field(out, "in_packets", statistics.in_packets);
  number_field(out, "out_packets", statistics.out_packets);
  number_field(out, "in_bytes", statistics.in_bytes);
  number_field(out, "out_bytes", statistics.out_bytes);
  number_field(out, "connection_rate", statistics.connection_rate);
  number_field(out, "in_packet_rate", statistics.in_packet_rate);
  number_field(out, "out_packet_rate", statistics.out_packet_rate);
  number_field(out, "in_byte_rate", statistics.in_byte_rate);
  number_field(out, "out_byte_rate", statistics.out_byte_rate);
  out += '}';
}

void append_kernel(std::string& out, const Snapshot& snapshot) {
  begin_object(out, "kernel");
  string_field(out, "state", name(snapshot.kernel));
  string_field(out, "detail", snapshot.kernel_detail);
  number_field(out, "connection_table_size", snapshot.connection_table_size);
  number_field(out, "foreign_services", snapshot.foreign_services);
  begin_object(out, "timeouts");
  number_field(out, "tcp", snapshot.timeouts.tcp);
  number_field(out, "tcp_fin", snapshot.timeouts.tcp_fin);
  number_field(out, "udp", snapshot.timeouts.udp);
  out += '}';
  begin_object(out, "sysctls");
  for (const auto& [key, value] : snapshot.sysctls) {
    if (out.back() != '{') out += ',';
    append_json_string(out, key);
    out += ':';
    append_json_string(out, value);
  }
  out += "}}";
}

void append_processes(std::string& out, const Snapshot& snapshot) {
  append_key(out, "processes");
  out += '[';
  for (const ProcessSnapshot& process : snapshot.processes) {
    begin_element(out);
    out += '{';
    string_field(out, "role", process.role);
    string_field(out, "state", process.state);
    number_field(out, "pid", static_cast<std::uint64_t>(process.pid));
    number_field(out, "restarts", process.restarts);
    time_field(out, "since", process.since);
    string_field(out, "problem", process.problem);
    out += '}';
  }
  out += ']';
}

void append_counters(std::string& out, const Counters& counters) {
  begin_object(out, "counters");
  number_field(out, "drift_repairs", counters.drift_repairs);
  number_field(out, "operations", counters.operations);
  number_field(out, "refused_operations", counters.refused_operations);
  number_field(out, "check_outcomes", counters.check_outcomes);
  number_field(out, "stale_reports", counters.stale_reports);
  number_field(out, "malformed_messages", counters.malformed_messages);
  number_field(out, "malformed_requests", counters.malformed_requests);
  number_field(out, "rejected_clients", counters.rejected_clients);
  out += '}';
}

void append_last(std::string& out, const RealServerSnapshot& server) {
  append_key(out, "last");
  if (!server.last) {
    out += "null";
    return;
  }
  const auto latency =
      std::chrono::duration_cast<std::chrono::microseconds>(server.last->latency).count();
  out += '{';
  string_field(out, "reason", name(server.last->reason));
  string_field(out, "detail", server.last->detail);
  number_field(out, "latency_us", latency < 0 ? 0 : static_cast<std::uint64_t>(latency));
  out += '}';
}

void append_tunnel(std::string& out, const ipvs::Tunnel& tunnel) {
  begin_object(out, "tunnel");
  string_field(out, "type", name(tunnel.type));
  number_field(out, "port", tunnel.port);
  number_field(out, "flags", tunnel.flags);
  out += '}';
}

void append_service_key(std::string& out, const ipvs::ServiceKey& key) {
  if (key.firewall_mark != 0) {
    number_field(out, "firewall_mark", key.firewall_mark);
  } else {
    string_field(out, "protocol", name(key.protocol));
    address_field(out, key.address);
    number_field(out, "port", key.port);
  }
  string_field(out, "family", name(key.family));
}

}  // namespace

void append_json_head_begin(std::string& out, const Snapshot& snapshot) {
  out += R"({"ok":true)";
  string_field(out, "version", snapshot.version);
  string_field(out, "node_name", snapshot.node_name);
  string_field(out, "configuration", snapshot.config_digest);
  number_field(out, "generation", snapshot.generation);
  time_field(out, "loaded", snapshot.loaded);
  time_field(out, "now", snapshot.now);
  bool_field(out, "ready", snapshot.is_ready);
  bool_field(out, "health_frozen", snapshot.checks_frozen);
  append_key(out, "warnings");
  out += '[';
  for (const std::string& warning : snapshot.warnings) {
    begin_element(out);
    append_json_string(out, warning);
  }
  out += ']';
  append_kernel(out, snapshot);
  append_processes(out, snapshot);
  append_counters(out, snapshot.counters);
  append_key(out, "instances");
  out += '[';
}

void append_json_service_begin(std::string& out, const ServiceSnapshot& service,
                               bool with_statistics) {
  out += '{';
  string_field(out, "name", service.name);
  append_service_key(out, service.service.key);
  string_field(out, "scheduler", service.service.scheduler);
  append_key(out, "scheduler_flags");
  out += '[';
  for (const std::string_view flag : scheduler_flag_names(service.service)) {
    if (flag.empty()) continue;
    begin_element(out);
    append_json_string(out, flag);
  }
  out += ']';
  number_field(out, "persistence", service.service.persistence_seconds);
  number_field(out, "persistence_prefix", service.service.persistence_prefix);
  bool_field(out, "one_packet", (service.service.flags & ipvs::ServiceFlags::kOnePacket) != 0);
  number_field(out, "quorum", service.quorum);
  bool_field(out, "has_quorum", service.has_quorum);
  bool_field(out, "starting", service.is_starting);
  number_field(out, "up", service.up);
  number_field(out, "total", service.total);
  string_field(out, "failure", service.failure);
  bool_field(out, "in_kernel", service.is_in_kernel);
  if (with_statistics) append_statistics(out, service.statistics);
  append_key(out, "real_servers");
  out += '[';
}

void append_json_server(std::string& out, const RealServerSnapshot& server, bool with_statistics) {
  const ipvs::Destination& destination = server.destination;
  out += '{';
  string_field(out, "name", server.name);
  address_field(out, destination.key.address);
  number_field(out, "port", destination.key.port);
  string_field(out, "forwarding", name(destination.forwarding));
  if (destination.forwarding == ipvs::ForwardingMethod::Tunnel) {
    append_tunnel(out, destination.tunnel);
  }
  bool_field(out, "sorry_server", server.is_sorry_server);
  number_field(out, "weight", server.weight);
  number_field(out, "configured_weight", destination.weight);
  number_field(out, "upper_threshold", destination.upper_threshold);
  number_field(out, "lower_threshold", destination.lower_threshold);
  string_field(out, "usage", name(server.usage));
  string_field(out, "health", name(server.health));
  bool_field(out, "checked", server.is_checked);
  bool_field(out, "adopted", server.is_adopted);
  bool_field(out, "stale", server.is_stale);
  time_field(out, "since", server.since);
  string_field(out, "explanation", server.explanation);
  append_last(out, server);
  number_field(out, "active_connections", server.counters.active_connections);
  number_field(out, "inactive_connections", server.counters.inactive_connections);
  number_field(out, "persistent_connections", server.counters.persistent_connections);
  if (with_statistics) append_statistics(out, server.counters.statistics);
  out += '}';
}

}  // namespace evenkeel::daemon
