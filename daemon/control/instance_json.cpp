#include "daemon/control/instance_json.h"

#include <cstddef>
#include <string_view>

#include "daemon/control/json_text.h"

namespace evenkeel::daemon {

namespace {

/// Of a link-local address the scope, too: an interface's name, which may need escaping.
void append_quoted(std::string& out, const vrrp::Address& address) {
  append_json_string(out, address.to_string());
}

void addresses_field(std::string& out, std::string_view key,
                     const std::vector<vrrp::InterfaceAddress>& addresses) {
  append_key(out, key);
  out += '[';
  for (const vrrp::InterfaceAddress& address : addresses) {
    begin_element(out);
    append_json_string(out, vrrp::to_string(address));
  }
  out += ']';
}

void append_config(std::string& out, const vrrp::InstanceConfig& config) {
  string_field(out, "interface", config.interface);
  string_field(out, "unicast_interface", config.unicast_interface);
  number_field(out, "virtual_router_id", config.virtual_router_id);
  string_field(out, "family", name(config.family));
  number_field(out, "version", config.version == vrrp::Version::V2 ? 2 : 3);
  number_field(out, "configured_priority", config.priority);
  microseconds_field(out, "advertisement_interval_us", config.advertisement_interval);
  bool_field(out, "preempt", config.preempt);
  microseconds_field(out, "preempt_delay_us", config.preempt_delay);
  string_field(out, "checksum", name(config.checksum));
  addresses_field(out, "virtual_addresses", config.virtual_addresses);
  addresses_field(out, "extra_addresses", config.extra_addresses);
  append_key(out, "unicast");
  if (!config.unicast) {
    out += "null";
    return;
  }
  out += R"({"source":)";
  append_quoted(out, config.unicast->source);
  append_key(out, "peers");
  out += '[';
  for (const vrrp::Address& peer : config.unicast->peers) {
    begin_element(out);
    append_quoted(out, peer);
  }
  out += "]}";
}

void append_peers(std::string& out, const InstanceSnapshot& instance) {
  append_key(out, "peers");
  out += '[';
  const std::vector<vrrp::Peer>& peers = instance.status.peers;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    begin_element(out);
    out += R"({"address":)";
    append_quoted(out, peers[i].address);
    number_field(out, "priority", peers[i].priority);
    microseconds_field(out, "interval_us", peers[i].interval);
    time_field(out, "heard",
               i < instance.peers_heard.size() ? instance.peers_heard[i]
                                               : std::chrono::system_clock::time_point{});
    out += '}';
  }
  out += ']';
}

void append_other_lists(std::string& out, const std::vector<vrrp::OtherList>& lists) {
  append_key(out, "other_lists");
  out += '[';
  for (const vrrp::OtherList& list : lists) {
    begin_element(out);
    out += R"({"source":)";
    append_quoted(out, list.source);
    bool_field(out, "ignored", list.is_ignored);
    number_field(out, "count", list.count);
    append_key(out, "addresses");
    out += '[';
    for (const vrrp::Address& each : list.addresses) {
      begin_element(out);
      append_quoted(out, each);
    }
    out += "]}";
  }
  out += ']';
}

void append_counters(std::string& out, const vrrp::InstanceCounters& counters) {
  begin_object(out, "counters");
  number_field(out, "became_master", counters.became_master);
  number_field(out, "left_master", counters.left_master);
  number_field(out, "advertisements_sent", counters.advertisements_sent);
  number_field(out, "advertisements_received", counters.advertisements_received);
  number_field(out, "priority_zero_sent", counters.priority_zero_sent);
  number_field(out, "priority_zero_received", counters.priority_zero_received);
  number_field(out, "priority_zero_ignored", counters.priority_zero_ignored);
  number_field(out, "lesser_answered", counters.lesser_answered);
  number_field(out, "addresses_put_back", counters.addresses_put_back);
  number_field(out, "late", counters.late);
  number_field(out, "intervals_clamped", counters.intervals_clamped);
  number_field(out, "announcements_sent", counters.announcements_sent);
  number_field(out, "sends_refused", counters.sends_refused);
  number_field(out, "others_heard", counters.others_heard);
  number_field(out, "others_missed", counters.others_missed);
  begin_object(out, "dropped");
  for (std::size_t error = 0; error < counters.dropped.size(); ++error) {
    number_field(out, name(static_cast<vrrp::DecodeError>(error)), counters.dropped[error]);
  }
  out += "}}";
}

/// What it advertises, and which of it differs.
void append_advertised(std::string& out, const vrrp::Rival& rival) {
  number_field(out, "virtual_router_id", rival.virtual_router_id);
  number_field(out, "version", rival.version == vrrp::Version::V2 ? 2 : 3);
  number_field(out, "priority", rival.priority);
  microseconds_field(out, "interval_us", rival.interval);
  append_key(out, "destination");
  append_quoted(out, rival.destination.value_or(vrrp::Address()));
  bool_field(out, "authenticated", rival.is_authenticated);
  append_key(out, "differs");
  out += '[';
  for (std::size_t i = 0; i < vrrp::kDifferences; ++i) {
    if (!rival.differences.has(static_cast<vrrp::Difference>(i))) continue;
    begin_element(out);
    append_json_string(out, vrrp::name(static_cast<vrrp::Difference>(i)));
  }
  out += ']';
}

void append_rivals(std::string& out, const InstanceSnapshot& instance) {
  append_key(out, "rivals");
  out += '[';
  for (const vrrp::Rival& rival : instance.status.rivals) {
    begin_element(out);
    out += '{';
    string_field(out, "mac", rival.is_crowd ? std::string() : vrrp::to_string(rival.mac));
    append_key(out, "source");
    if (rival.source) {
      append_quoted(out, *rival.source);
    } else {
      out += "null";
    }
    string_field(out, "node", vrrp::node_name(rival, instance.config));
    bool_field(out, "owner", rival.is_owner);
    bool_field(out, "announcing", rival.is_announcing);
    bool_field(out, "crowd", rival.is_crowd);
    string_field(out, "address", rival.address ? rival.address->to_string() : std::string());
    string_field(out, "explanation", vrrp::what(rival, instance.config));
    if (rival.source) append_advertised(out, rival);
    out += '}';
  }
  out += ']';
}

void append_dropped_from(std::string& out, const vrrp::InstanceStatus& status) {
  begin_object(out, "dropped_from");
  for (std::size_t error = 0; error < status.dropped_from.size(); ++error) {
    if (!status.dropped_from[error]) continue;
    append_key(out, name(static_cast<vrrp::DecodeError>(error)));
    append_quoted(out, *status.dropped_from[error]);
  }
  out += '}';
}

}  // namespace

void append_json_instance(std::string& out, const InstanceSnapshot& instance) {
  const vrrp::InstanceStatus& status = instance.status;
  out += '{';
  string_field(out, "name", instance.config.name);
  string_field(out, "sync_group", instance.sync_group);
  string_field(out, "state", name(status.state));
  string_field(out, "reason", name(status.reason));
  string_field(out, "explanation", vrrp::to_string(status.reason));
  time_field(out, "since", instance.since);
  bool_field(out, "stale", instance.is_stale);
  bool_field(out, "leaving", status.is_leaving);
  bool_field(out, "claimed", status.has_other_owner());
  bool_field(out, "foreign_address", status.has_foreign_address);
  bool_field(out, "refused_address", status.has_refused_address);
  bool_field(out, "ready", status.is_ready);
  bool_field(out, "held", status.is_held);
  number_field(out, "priority", status.priority);
  append_key(out, "master");
  if (status.master) {
    append_quoted(out, *status.master);
  } else {
    out += "null";
  }
  string_field(out, "interface_name",
               status.interface_name.empty() ? instance.config.interface : status.interface_name);
  append_config(out, instance.config);
  microseconds_field(out, "master_down_interval_us", status.master_down_interval);
  microseconds_field(out, "worst_lateness_us", status.worst_lateness);
  append_peers(out, instance);
  append_other_lists(out, status.other_lists);
  append_key(out, "last_drop");
  if (status.last_drop) {
    out += '{';
    string_field(out, "error", name(status.last_drop->error));
    append_key(out, "source");
    append_quoted(out, status.last_drop->source);
    out += '}';
  } else {
    out += "null";
  }
  append_rivals(out, instance);
  append_dropped_from(out, status);
  append_key(out, "last_lesser");
  if (status.last_lesser) {
    out += R"({"address":)";
    append_quoted(out, status.last_lesser->address);
    number_field(out, "priority", status.last_lesser->priority);
    out += '}';
  } else {
    out += "null";
  }
  append_counters(out, status.counters);
  out += '}';
}

}  // namespace evenkeel::daemon
