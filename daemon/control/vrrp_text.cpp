#include "daemon/control/vrrp_text.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string_view>
#include <utility>

#include "daemon/control/append.h"
#include "daemon/control/instance_table.h"
#include "daemon/counted.h"
#include "vrrp/preemption.h"

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

template <typename... Parts>
void append_line(std::string& out, std::string_view label, const Parts&... parts) {
  begin_line(out, label);
  append(out, parts..., "\n");
}

Color color_of(const InstanceSnapshot& instance) {
  if (instance.status.state == State::Initialize) return Color::Red;
  return instance.is_stale || instance.status.is_leaving ? Color::Yellow : Color::Green;
}

/// "web   MASTER since 12d (2023-11-02 22:13:20 UTC): master down timer expired"
void append_head(std::string& out, const InstanceSnapshot& instance, SystemTime now, bool color) {
  append(out, Printable{instance.config.name}, "   ",
         Colored{color_of(instance), color, vrrp::to_string(instance.status.state)});
  if (instance.since.time_since_epoch().count() != 0) {
    append(out, " since ", Age{now - instance.since}, " (");
    append_time(out, instance.since);
    out += ')';
  }
  append(out, ": ", Printable{vrrp::explanation(instance.status)}, "\n");
  if (!instance.is_stale) return;
  append_line(out, "stale",
              Colored{Color::Yellow, color,
                      "the vrrp process is away: all of this is the last that is known"});
}

/// In the unit of the packet.
void append_interval(std::string& out, const InstanceConfig& config) {
  using Seconds = std::chrono::duration<std::uint64_t>;
  using Centiseconds = std::chrono::duration<std::uint64_t, std::centi>;
  const vrrp::Duration interval = config.advertisement_interval;
  if (config.version == vrrp::Version::V2) {
    append(out, std::chrono::duration_cast<Seconds>(interval).count(), "s");
  } else {
    append(out, std::chrono::duration_cast<Centiseconds>(interval).count(), "cs");
  }
}

/// In tcpdump's words.
void append_advertisement(std::string& out, const InstanceSnapshot& instance) {
  const InstanceConfig& config = instance.config;
  const bool is_v2 = config.version == vrrp::Version::V2;
  begin_line(out, "advertisement");
  append(out, is_v2 ? "VRRPv2, vrid " : "VRRPv3, vrid ", config.virtual_router_id, ", prio ",
         instance.status.priority);
  if (is_v2) out += config.password.empty() ? ", authtype none" : ", authtype simple";
  out += ", intvl ";
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
    append(out, config.unicast->source);
    std::string_view separator = " > ";
    for (const vrrp::Address& peer : config.unicast->peers) {
      append(out, std::exchange(separator, ", "), peer);
    }
  } else {
    append(out, "multicast to ", vrrp::multicast_group(config.family));
  }
  if (!is_v2 && config.family == vrrp::Family::IPv4) {
    append(out, ", checksum ", name(config.checksum));
  }
  out += '\n';
  if (config.unicast_interface.empty()) return;
  append_line(out, "addresses on", interface_names(instance));
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

/// "(check local_nginx: connect refused, 12s)"
void append_track(std::string& out, const TrackView& view, SystemTime now) {
  append(out, "(", Printable{vrrp::to_string(view.track)}, ", ", Age{now - view.since}, ")");
}

void append_signed(std::string& out, std::int32_t number) {
  append(out, number < 0 ? "- " : "+ ", static_cast<std::uint32_t>(std::abs(number)));
}

/// "120 = 150 - 30 (check local_nginx: connect refused, 12s)"; further parts have a line each.
void append_priority(std::string& out, const InstanceSnapshot& instance, SystemTime now) {
  const InstanceStatus& status = instance.status;
  const std::uint8_t configured = instance.config.priority;
  std::int32_t sum = configured;
  bool is_first = true;
  const auto begin_part = [&](std::int32_t number) {
    if (is_first) {
      begin_line(out, "priority");
      append(out, status.priority, " = ", configured, " ");
    } else {
      begin_line(out, "");
    }
    is_first = false;
    append_signed(out, number);
    out += ' ';
    sum += number;
  };
  for (const TrackView& view : tracks_of(instance)) {
    if (view.track.applied == 0) continue;
    begin_part(view.track.applied);
    append_track(out, view, now);
    out += '\n';
  }
  if (status.by_members != 0) {
    begin_part(status.by_members);
    out += "(what other members of its sync group follow)\n";
  }
  if (is_first) return append_line(out, "priority", status.priority, ", configured ", configured);
  if (sum != status.priority && configured != vrrp::kOwnerPriority && (sum < 1 || sum > 254)) {
    append_line(out, "", "and never out of 1 .. 254");
  }
}

/// The tracks that the parts of the priority do not show.
void append_tracks(std::string& out, const InstanceSnapshot& instance, SystemTime now) {
  if (instance.status.tracks.empty()) return;
  std::size_t holding = 0;
  for (const TrackView& view : tracks_of(instance)) {
    if (view.state() == TrackShown::Holds) ++holding;
    if (view.state() == TrackShown::Holds || view.track.applied != 0) continue;
    begin_line(out, to_string(view.state()));
    append_track(out, view, now);
    if (view.track.effect == vrrp::TrackEffect::Fault) out += ": no weight, so that is a fault";
    out += '\n';
  }
  if (instance.status.is_cut_off) append_line(out, "cut off", vrrp::kCutOff);
  append_line(out, "follows", counted(instance.status.tracks.size(), "track"), ", ", holding,
              holding == 1 ? " holds" : " hold");
}

void append_preemption(std::string& out, const InstanceSnapshot& instance) {
  const InstanceConfig& config = instance.config;
  begin_line(out, "preemption");
  switch (vrrp::preemption(config, instance.status)) {
    case vrrp::Preemption::Off:
      out += "off: it takes over when no master is heard";
      break;
    case vrrp::Preemption::Held:
      out += "held: not until `evenkeel resume`, or until the master fails";
      break;
    case vrrp::Preemption::NotReady:
      out += "not yet: the first round of checks is not over, or has told nothing";
      break;
    case vrrp::Preemption::Unknown:
      append(out, "not yet: no result of ",
             Printable{vrrp::to_string(*instance.status.unknown_track())});
      break;
    case vrrp::Preemption::Allowed:
      out += "on";
      if (config.preempt_margin > 0) append(out, ", by more than ", config.preempt_margin);
      if (config.preempt_delay > vrrp::Duration::zero()) {
        append(out, ", after ", config.preempt_delay);
      }
      break;
  }
  out += '\n';
}

void append_master(std::string& out, const InstanceStatus& status) {
  begin_line(out, "master");
  if (status.state == State::Master) {
    out += status.is_leaving ? "this node, until another is heard" : "this node";
  } else if (status.master) {
    append(out, *status.master);
  } else {
    out += "none known";
  }
  if (status.state == State::Backup) {
    append(out, "; down after ", status.master_down_interval, " of silence");
  }
  out += '\n';
}

/// What is not as it should be.
void append_troubles(std::string& out, const InstanceSnapshot& instance) {
  const InstanceStatus& status = instance.status;
  if (status.has_conflict) {
    append_line(out, "conflict", "somebody else answered for a virtual address");
  }
  for (const vrrp::OtherList& each : status.other_lists) {
    append_line(out, "other list", Printable{vrrp::to_string(each)},
                each.is_ignored ? "; ignored" : "; takes part");
  }
  for (const vrrp::Rival& rival : status.rivals) {
    append_line(out, rival.is_owner ? "conflict" : "differs",
                Printable{vrrp::who(rival, instance.config)}, " ",
                Printable{vrrp::what(rival, instance.config)});
  }
  if (status.kernel.has_refused_address) {
    append_line(out, "refused",
                "the kernel refuses a virtual address, see the log; the others are there");
  }
  if (status.kernel.is_polling) {
    append_line(out, "slow",
                "cannot wait for packets, see the log: they are looked for every 10 ms");
  }
  if (status.kernel.has_foreign_address) {
    append_line(out, "not ours",
                "a virtual address on the interface that another program has put there: it stays");
  }
}

/// "hook on_master   /etc/notify: exit status 1, 3s ago: no route"
void append_hooks(std::string& out, const InstanceSnapshot& instance, SystemTime now) {
  for (const HookSnapshot& hook : instance.hooks) {
    begin_line(out, (hook.is_of_group ? "group " : "hook ") + hook.key);
    append(out, Printable{hook.file}, ": ");
    if (hook.is_running) {
      append(out, hook.pid != 0 ? "running for " : "waits to begin for ", Age{now - hook.since});
      if (hook.pid != 0) append(out, ", process ", hook.pid);
      if (hook.waiting == 1) append(out, ", 1 state waits");
      if (hook.waiting > 1) append(out, ", ", hook.waiting, " states wait");
    } else {
      append(out, Printable{hook.result}, ", ", Age{now - hook.since}, " ago");
      if (!hook.last_line.empty()) append(out, ": ", Printable{hook.last_line});
    }
    out += '\n';
  }
}

/// "unit  haproxy.service failed since 3s, is to be active: start: exit status 5: ..."
void append_units(std::string& out, const InstanceSnapshot& instance, SystemTime now) {
  for (const UnitSnapshot& unit : instance.units) {
    begin_line(out, unit.is_of_group ? "group unit" : "unit");
    append(out, Printable{unit.unit}, " ");
    if (unit.state.empty()) {
      out += "not seen yet";
    } else {
      append(out, Printable{unit.state}, " since ", Age{now - unit.since});
    }
    if (unit.has_failed && unit.is_wanted) {
      out += *unit.is_wanted ? ", is to be active" : ", is to be inactive";
    }
    if (!unit.problem.empty()) append(out, ": ", Printable{unit.problem});
    out += '\n';
  }
}

void append_peers(std::string& out, const InstanceSnapshot& instance, SystemTime now) {
  const std::vector<vrrp::Peer>& peers = instance.status.peers;
  if (peers.empty()) append_line(out, "peers heard", "none");
  for (std::size_t i = 0; i < peers.size(); ++i) {
    begin_line(out, i == 0 ? "peers heard" : "");
    append(out, peers[i].address, ", prio ", peers[i].priority, ", every ", peers[i].interval);
    if (i < instance.peers_heard.size()) {
      append(out, ", last ", Age{now - instance.peers_heard[i]}, " ago");
    }
    out += '\n';
  }
}

/// "12: 10 checksum (192.0.2.77), 2 hop limit (192.0.2.78); the last: checksum"
void append_drops(std::string& out, const InstanceStatus& status) {
  const auto& dropped = status.counters.dropped;
  begin_line(out, "dropped");
  append(out, std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0}));
  std::string_view separator = ": ";
  for (std::size_t error = 0; error < dropped.size(); ++error) {
    if (dropped[error] == 0) continue;
    append(out, std::exchange(separator, ", "), dropped[error], " ",
           vrrp::to_string(static_cast<vrrp::DecodeError>(error)));
    if (const auto& source = status.dropped_from[error]) append(out, " (", *source, ")");
  }
  if (status.last_drop) {
    append(out, "; the last: ", vrrp::to_string(status.last_drop->error));
    if (!status.dropped_from[static_cast<std::size_t>(status.last_drop->error)]) {
      append(out, ", from ", status.last_drop->source);
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
    append_line(out, "sync group", Printable{instance.sync_group});
  }
  append_priority(out, instance, now);
  append_tracks(out, instance, now);
  append_preemption(out, instance);
  append_master(out, status);
  append_troubles(out, instance);
  append_hooks(out, instance, now);
  append_units(out, instance, now);
  append_peers(out, instance, now);
  append_line(out, "transitions", counters.became_master, " to MASTER, ", counters.left_master,
              " from MASTER");
  append_line(out, "sent", counters.advertisements_sent, " advertisements, ",
              counters.priority_zero_sent, " of prio 0, ", counters.announcements_sent,
              " announcements (ARP, ND), ", counters.sends_refused, " refused");
  append_line(out, "received", counters.advertisements_received, " advertisements, ",
              counters.priority_zero_received, " of prio 0 (", counters.priority_zero_ignored,
              " not from the master: ignored), ", counters.lower_priority_answered,
              " lesser ones answered, ", counters.intervals_clamped, " intervals out of range");
  append_line(out, "others heard", counters.others_heard,
              " advertisements of other virtual routers, ", counters.others_missed,
              " not looked at");
  append_drops(out, status);
  append_line(out, "put back", counters.addresses_put_back,
              " times an address that somebody else removed");
  append_line(out, "timers", status.worst_lateness, " late at worst, ", counters.late,
              " times a whole interval or more");
}

}  // namespace evenkeel::daemon
