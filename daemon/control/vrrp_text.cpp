#include "daemon/control/vrrp_text.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "daemon/control/append.h"
#include "daemon/control/color.h"
#include "daemon/control/instance_table.h"

namespace evenkeel::daemon {

namespace {

using vrrp::InstanceConfig;
using vrrp::InstanceCounters;
using vrrp::InstanceStatus;
using vrrp::State;
using SystemTime = std::chrono::system_clock::time_point;

constexpr std::size_t kLabelWidth = 17;

void begin_line(std::string& out, std::string_view label) {
  out += "  ";
  const std::size_t start = out.size();
  out += label;
  pad(out, start, kLabelWidth);
}

void append_count(std::string& out, std::uint64_t count, std::string_view what) {
  append_number(out, count);
  out += ' ';
  out += what;
}

Color color_of(const InstanceSnapshot& instance) {
  if (instance.status.state == State::Initialize) return Color::Red;
  return instance.is_stale || instance.status.is_leaving ? Color::Yellow : Color::Green;
}

/// "web   MASTER since 12d (2023-11-02 22:13:20 UTC): master down timer expired"
void append_head(std::string& out, const InstanceSnapshot& instance, SystemTime now, bool color) {
  append_printable(out, instance.config.name);
  out += "   ";
  begin_color(out, color_of(instance), color);
  out += vrrp::to_string(instance.status.state);
  end_color(out, color_of(instance), color);
  if (instance.since.time_since_epoch().count() != 0) {
    out += " since ";
    append_age(out, now - instance.since);
    out += " (";
    append_time(out, instance.since);
    out += ')';
  }
  out += ": ";
  out += vrrp::to_string(instance.status.reason);
  out += '\n';
  if (!instance.is_stale) return;
  begin_line(out, "stale");
  begin_color(out, Color::Yellow, color);
  out += "the vrrp process is away: all of this is the last that is known";
  end_color(out, Color::Yellow, color);
  out += '\n';
}

void append_interval(std::string& out, const InstanceConfig& config) {
  using std::chrono::duration_cast;
  using Centiseconds = std::chrono::duration<std::uint64_t, std::centi>;
  out += ", intvl ";
  if (config.version == vrrp::Version::V2) {
    append_number(out,
                  static_cast<std::uint64_t>(
                      duration_cast<std::chrono::seconds>(config.advertisement_interval).count()));
    out += 's';
  } else {
    append_number(out, duration_cast<Centiseconds>(config.advertisement_interval).count());
    out += "cs";
  }
}

/// In tcpdump's words.
void append_advertisement(std::string& out, const InstanceSnapshot& instance) {
  const InstanceConfig& config = instance.config;
  const bool is_v2 = config.version == vrrp::Version::V2;
  begin_line(out, "advertisement");
  out += is_v2 ? "VRRPv2, vrid " : "VRRPv3, vrid ";
  append_number(out, config.virtual_router_id);
  out += ", prio ";
  append_number(out, instance.status.priority);
  if (is_v2) out += config.password.empty() ? ", authtype none" : ", authtype simple";
  append_interval(out, config);
  out += '\n';

  begin_line(out, "on");
  if (config.unicast_interface.empty()) {
    out += interface_names(instance);
  } else {
    append_printable(out, config.unicast_interface);
  }
  out += config.family == vrrp::Family::IPv6 ? ", IPv6, " : ", IPv4, ";
  if (config.unicast) {
    append_printable(out, config.unicast->source.to_string());
    std::string_view separator = " > ";
    for (const vrrp::Address& peer : config.unicast->peers) {
      out += separator;
      append_printable(out, peer.to_string());
      separator = ", ";
    }
  } else {
    out += "multicast to ";
    append_address(out, vrrp::multicast_group(config.family));
  }
  if (!is_v2 && config.family == vrrp::Family::IPv4) {
    out += ", checksum ";
    out += name(config.checksum);
  }
  out += '\n';
  if (config.unicast_interface.empty()) return;
  begin_line(out, "addresses on");
  out += interface_names(instance);
  out += '\n';
}

void append_addresses(std::string& out, std::string_view label,
                      const std::vector<vrrp::InterfaceAddress>& addresses) {
  if (addresses.empty()) return;
  constexpr std::size_t kToALine = 4;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (i % kToALine == 0) {
      if (i != 0) out += ",\n";
      begin_line(out, i == 0 ? label : std::string_view());
    } else {
      out += ", ";
    }
    out += vrrp::to_string(addresses[i]);
  }
  out += '\n';
}

void append_preemption(std::string& out, const InstanceSnapshot& instance) {
  const InstanceConfig& config = instance.config;
  begin_line(out, "preemption");
  if (!config.preempt && config.priority != vrrp::kOwnerPriority) {
    out += "off: it takes over when no master is heard";
  } else if (instance.status.is_held) {
    out += "held: not until `evenkeel resume`, or until the master fails";
  } else if (!instance.status.is_ready && config.priority != vrrp::kOwnerPriority) {
    out += "not yet: the first round of checks is not over, or has told nothing";
  } else {
    out += "on";
    if (config.preempt_delay > vrrp::Duration::zero()) {
      out += ", after ";
      append_duration(out, config.preempt_delay);
    }
  }
  out += '\n';
}

void append_master(std::string& out, const InstanceSnapshot& instance) {
  const InstanceStatus& status = instance.status;
  begin_line(out, "master");
  if (status.state == State::Master) {
    out += status.is_leaving ? "this node, until another is heard" : "this node";
  } else if (status.master) {
    append_printable(out, status.master->to_string());
  } else {
    out += "none known";
  }
  if (status.state == State::Backup) {
    out += "; down after ";
    append_duration(out, status.master_down_interval);
    out += " of silence";
  }
  out += '\n';
  if (status.is_claimed) {
    begin_line(out, "conflict");
    out += "somebody else answered for a virtual address\n";
  }
  for (const vrrp::OtherList& each : status.other_lists) {
    begin_line(out, "other list");
    append_printable(out, vrrp::to_string(each));
    out += each.is_ignored ? "; ignored\n" : "; takes part\n";
  }
  for (const vrrp::Rival& rival : status.rivals) {
    begin_line(out, rival.is_owner ? "conflict" : "differs");
    append_printable(out, vrrp::who(rival, instance.config));
    out += ' ';
    append_printable(out, vrrp::what(rival, instance.config));
    out += '\n';
  }
  if (status.has_refused_address) {
    begin_line(out, "refused");
    out += "the kernel refuses a virtual address, see the log; the others are there\n";
  }
  if (status.is_polling) {
    begin_line(out, "slow");
    out += "cannot wait for packets, see the log: they are looked for every 10 ms\n";
  }
  if (status.has_foreign_address) {
    begin_line(out, "not ours");
    out += "a virtual address on the interface that another program has put there: it stays\n";
  }
}

void append_peers(std::string& out, const InstanceSnapshot& instance, SystemTime now) {
  const std::vector<vrrp::Peer>& peers = instance.status.peers;
  if (peers.empty()) {
    begin_line(out, "peers heard");
    out += "none\n";
  }
  for (std::size_t i = 0; i < peers.size(); ++i) {
    begin_line(out, i == 0 ? "peers heard" : "");
    append_printable(out, peers[i].address.to_string());
    out += ", prio ";
    append_number(out, peers[i].priority);
    out += ", every ";
    append_duration(out, peers[i].interval);
    if (i < instance.peers_heard.size()) {
      out += ", last ";
      append_age(out, now - instance.peers_heard[i]);
      out += " ago";
    }
    out += '\n';
  }
}

void append_sent_and_received(std::string& out, const InstanceCounters& counters) {
  begin_line(out, "sent");
  append_count(out, counters.advertisements_sent, "advertisements, ");
  append_count(out, counters.priority_zero_sent, "of prio 0, ");
  append_count(out, counters.announcements_sent, "announcements (ARP, ND), ");
  append_count(out, counters.sends_refused, "refused\n");
  begin_line(out, "received");
  append_count(out, counters.advertisements_received, "advertisements, ");
  append_count(out, counters.priority_zero_received, "of prio 0 (");
  append_count(out, counters.priority_zero_ignored, "not from the master: ignored), ");
  append_count(out, counters.lower_priority_answered, "lesser ones answered, ");
  append_count(out, counters.intervals_clamped, "intervals out of range\n");
  begin_line(out, "others heard");
  append_count(out, counters.others_heard, "advertisements of other virtual routers, ");
  append_count(out, counters.others_missed, "not looked at\n");
}

/// "12: 10 checksum (192.0.2.77), 2 hop limit (192.0.2.78); the last: checksum"
void append_drops(std::string& out, const InstanceStatus& status) {
  begin_line(out, "dropped");
  std::uint64_t total = 0;
  for (const std::uint64_t count : status.counters.dropped) total += count;
  append_number(out, total);
  std::string_view separator = ": ";
  for (std::size_t error = 0; error < status.counters.dropped.size(); ++error) {
    if (status.counters.dropped[error] == 0) continue;
    out += separator;
    append_count(out, status.counters.dropped[error],
                 vrrp::to_string(static_cast<vrrp::DecodeError>(error)));
    if (const auto& source = status.dropped_from[error]) {
      out += " (";
      append_printable(out, source->to_string());
      out += ')';
    }
    separator = ", ";
  }
  if (status.last_drop) {
    out += "; the last: ";
    out += vrrp::to_string(status.last_drop->error);
    if (!status.dropped_from[static_cast<std::size_t>(status.last_drop->error)]) {
      out += ", from ";
      append_printable(out, status.last_drop->source.to_string());
    }
  }
  out += '\n';
}

}  // namespace

void append_instance_text(std::string& out, const InstanceSnapshot& instance, SystemTime now,
                          bool color) {
  const InstanceStatus& status = instance.status;
  const InstanceConfig& config = instance.config;
  const InstanceCounters& counters = status.counters;
  append_head(out, instance, now, color);
  append_advertisement(out, instance);
  append_addresses(out, "addresses", config.virtual_addresses);
  append_addresses(out, "moved with them", config.extra_addresses);
  if (!instance.sync_group.empty()) {
    begin_line(out, "sync group");
    append_printable(out, instance.sync_group);
    out += '\n';
  }
  begin_line(out, "priority");
  append_number(out, status.priority);
  out += ", configured ";
  append_number(out, config.priority);
  out += '\n';
  append_preemption(out, instance);
  append_master(out, instance);
  append_peers(out, instance, now);
  begin_line(out, "transitions");
  append_count(out, counters.became_master, "to MASTER, ");
  append_count(out, counters.left_master, "from MASTER\n");
  append_sent_and_received(out, counters);
  append_drops(out, status);
  begin_line(out, "put back");
  append_count(out, counters.addresses_put_back, "times an address that somebody else removed\n");
  begin_line(out, "timers");
  append_duration(out, status.worst_lateness);
  out += " late at worst, ";
  append_count(out, counters.late, "times a whole interval or more\n");
}

}  // namespace evenkeel::daemon
