#include "scenario.h"

#include <algorithm>

#include "random.h"
#include "track_plans.h"
#include "vrrp/timers.h"

namespace evenkeel::vrrp::simulator {
namespace {

using namespace std::chrono_literals;

/// Two deaths closer than this are one too many for a resume.
constexpr Duration kDeathsApart = 10500ms;

constexpr FaultKind kChaos[] = {
    FaultKind::Pause,       FaultKind::Pause,        FaultKind::KillVrrp,
    FaultKind::KillVrrp,    FaultKind::KillAll,      FaultKind::KillAllAndRelease,
    FaultKind::Stop,        FaultKind::Stop,         FaultKind::Failover,
    FaultKind::Failover,    FaultKind::EndHold,      FaultKind::LinkDown,
    FaultKind::Partition,   FaultKind::Partition,    FaultKind::OneWay,
    FaultKind::Rough,       FaultKind::Rough,        FaultKind::Hog,
    FaultKind::SlowWriter,  FaultKind::RefusedSends, FaultKind::RefusedAddresses,
    FaultKind::LoseAddress, FaultKind::Priority,     FaultKind::Interval,
};

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) { scenario_.seed = seed; }

  Scenario run_tracks() {
    scenario_.profile = Profile::Tracks;
    return run_profile();
  }

  Scenario run() {
    const std::size_t profile = random_.below(100);
    if (profile < 50) {
      scenario_.profile = Profile::Chaos;
    } else if (profile < 60) {
      scenario_.profile = Profile::Lone;
    } else if (profile < 70) {
      scenario_.profile = Profile::Respawn;
    } else if (profile < 85) {
      scenario_.profile = Profile::Late;
    } else if (profile < 95) {
      scenario_.profile = Profile::Planned;
    } else {
      scenario_.profile = Profile::Lists;
    }
    return run_profile();
  }

 private:
  Scenario run_profile() {
    interval();
    scenario_.routers = random_.percent(35) ? 2 : 1;
    scenario_.is_grouped = scenario_.routers > 1 && random_.percent(60);
    scenario_.address_lease = !random_.percent(20);
    nodes();
    // Every address is there before the first advertisement has to go out all the same.
    scenario_.writer_takes =
        random_.between(50us, std::min<Duration>(4ms, scenario_.interval / 5 / scenario_.routers));
    scenario_.faults_from = 2 * down() + longest_delay() + 1s;
    scenario_.quiet_at = scenario_.faults_from;
    switch (scenario_.profile) {
      case Profile::Chaos:
        chaos();
        break;
      case Profile::Lone:
        lone();
        break;
      case Profile::Respawn:
        respawn();
        break;
      case Profile::Planned:
        planned();
        break;
      case Profile::Late:
        late();
        break;
      case Profile::Lists:
        lists();
        break;
      case Profile::Tracks:
        draw_tracks(random_, scenario_);
        break;
    }
    add({scenario_.quiet_at, FaultKind::Quiet});
    settle();
    return std::move(scenario_);
  }

  [[nodiscard]] Duration some_intervals(int most) {
    return random_.between(0s, most * scenario_.interval);
  }
  /// The longest that any of them waits for a Master.
  [[nodiscard]] Duration down() const {
    return master_down_interval(scenario_.version, 1, scenario_.interval);
  }
  [[nodiscard]] Duration longest_delay() const {
    Duration longest{};
    for (const NodePlan& node : scenario_.nodes) {
      longest = std::max(longest, node.preempt_delay + node.starts_at + node.ready_after);
    }
    return longest;
  }
  void add(const Fault& fault) { scenario_.faults.push_back(fault); }

  void interval() {
    const std::size_t draw = random_.below(100);
    if (draw < 10) {
      scenario_.interval = 10ms;
    } else if (draw < 45) {
      scenario_.interval = 100ms;
    } else {
      scenario_.interval = 1s;
      if (draw >= 90) scenario_.version = Version::V2;
    }
  }

  void nodes() {
    std::size_t count = 2 + random_.below(2);
    if (scenario_.profile == Profile::Lone) count = 1;
    const bool are_equal = random_.percent(10);
    for (std::size_t i = 0; i < count; ++i) {
      NodePlan node;
      node.priority = static_cast<std::uint8_t>(1 + random_.below(254));
      if (are_equal && i > 0) node.priority = scenario_.nodes[0].priority;
      if (!are_equal && i == 0 && random_.percent(5)) node.priority = kOwnerPriority;
      node.preempt = random_.percent(80);
      // Elsewhere a node that never returns may keep its address, a conflict for ever.
      const bool may_refuse =
          scenario_.profile == Profile::Late || scenario_.profile == Profile::Planned;
      node.refuses = may_refuse && random_.percent(30);
      if (random_.percent(20)) node.preempt_delay = some_intervals(5);
      node.starts_at = some_intervals(3);
      if (random_.percent(50)) node.ready_after = some_intervals(10);
      scenario_.nodes.push_back(node);
    }
  }

  void chaos() {
    const int most = scenario_.interval < 100ms ? 300 : 60;
    scenario_.quiet_at = 20 * scenario_.interval + some_intervals(most);
    if (random_.percent(10)) scenario_.quiet_at += random_.between(0s, 20s);
    scenario_.loss_percent = static_cast<unsigned>(5 + random_.below(60));
    const std::size_t count = 1 + random_.below(12);
    for (std::size_t i = 0; i < count; ++i) chaotic_fault();
    if (random_.percent(3)) fight();
    for (std::size_t i = 1; i < scenario_.nodes.size(); ++i) {
      NodePlan& node = scenario_.nodes[i];
      node.stays_stopped = random_.percent(8);
    }
  }

  void chaotic_fault() {
    Fault fault;
    fault.kind = kChaos[random_.below(std::size(kChaos))];
    fault.node = static_cast<std::uint8_t>(random_.below(scenario_.nodes.size()));
    fault.peer = static_cast<std::uint8_t>((fault.node + 1) % scenario_.nodes.size());
    fault.router = static_cast<std::uint8_t>(random_.below(scenario_.routers));
    fault.value = static_cast<std::uint8_t>(1 + random_.below(254));
    fault.at = random_.between(0s, scenario_.quiet_at);
    fault.lasts = random_.percent(15) ? random_.between(0s, 15s) : some_intervals(8);
    if (fault.kind == FaultKind::KillVrrp && random_.percent(70)) {
      fault.lasts = random_.between(1ms, 10ms);
    }
    if (fault.kind == FaultKind::Interval && scenario_.version == Version::V2) {
      fault.kind = FaultKind::EndHold;
    }
    fault.lasts = std::min(fault.lasts, scenario_.quiet_at - fault.at);
    add(fault);
  }

  /// Somebody removes the address again and again.
  void fight() {
    Fault fault{random_.between(0s, scenario_.quiet_at), FaultKind::LoseAddress};
    for (int i = 0; i < 6 && fault.at < scenario_.quiet_at; ++i) {
      add(fault);
      fault.at += random_.between(100ms, 300ms);
    }
  }

  void lone() {
    const std::size_t count = 1 + random_.below(4);
    Duration died = -kDeathsApart;
    for (std::size_t i = 0; i < count; ++i) {
      scenario_.quiet_at += some_intervals(4);
      Fault fault{scenario_.quiet_at, FaultKind::Stop, 0, 0, 0, 0, random_.between(0s, 9900ms)};
      if (random_.percent(20)) fault.kind = FaultKind::Failover;
      if (random_.percent(20) && fault.at - died >= kDeathsApart) {
        fault.kind = FaultKind::KillVrrp;
        fault.lasts = random_.between(1ms, std::max<Duration>(1ms, scenario_.interval));
        died = fault.at;
      }
      add(fault);
      if (random_.percent(70)) scenario_.quiet_at += 13s;
    }
  }

  void respawn() {
    const std::size_t count = 1 + random_.below(scenario_.interval < 100ms ? 2 : 4);
    for (std::size_t i = 0; i < count; ++i) {
      scenario_.quiet_at += some_intervals(4);
      add({scenario_.quiet_at, FaultKind::KillVrrpOfMaster, 0, 0, 0, 0,
           random_.between(1ms, std::max<Duration>(1ms, scenario_.interval * 13 / 10))});
      scenario_.quiet_at += kDeathsApart;
    }
  }

  void planned() {
    const std::size_t count = 1 + random_.below(8);
    for (std::size_t i = 0; i < count; ++i) {
      scenario_.quiet_at += some_intervals(random_.percent(50) ? 1 : 12);
      FaultKind kind = random_.percent(50) ? FaultKind::StopMaster : FaultKind::FailoverMaster;
      if (random_.percent(20)) kind = FaultKind::ReleaseMaster;
      add({scenario_.quiet_at, kind, 0, 0, 0, 0, some_intervals(12)});
    }
  }

  /// The peers hear its priority 0, or are dead, or only just begin, or have taken over already.
  void late() {
    const std::size_t count = 1 + random_.below(3);
    for (std::size_t i = 0; i < count; ++i) {
      scenario_.quiet_at += some_intervals(4) + kDeathsApart + 2 * down() + longest_delay();
      const Duration longest =
          std::max<Duration>(7 * scenario_.interval, random_.percent(50) ? 3s : 0s);
      const Duration respawned = random_.between(scenario_.interval * 24 / 10, longest);
      add({scenario_.quiet_at, FaultKind::KillVrrpOfMaster, 0, 0, 0, 0, respawned});
      if (random_.percent(30)) {
        add({scenario_.quiet_at, FaultKind::LostPriorityZero, 0, 0, 0, 0,
             respawned + scenario_.interval});
      }
      for (std::size_t node = 0; node < scenario_.nodes.size(); ++node) {
        if (!random_.percent(35)) continue;
        // It is back about when the other one begins, or long after. The Master itself is spared.
        Fault dead{scenario_.quiet_at + some_intervals(2), FaultKind::PowerOff};
        dead.node = static_cast<std::uint8_t>(node);
        dead.lasts = random_.percent(50) ? random_.between(0s, respawned) : Duration(11s);
        add(dead);
      }
    }
    scenario_.quiet_at += 13s;
  }

  void lists() {
    scenario_.has_extra = random_.percent(60);
    if (scenario_.has_extra) {
      scenario_.always |= kExtra;
      scenario_.quiet_at += 2s;  // a unicast newcomer listens longer
      scenario_.faults_from = scenario_.quiet_at;
    }
    const std::size_t changes = 1 + random_.below(3);
    for (std::size_t change = 0; change < changes; ++change) {
      const auto list = static_cast<AddressBits>(1 + random_.below(3));
      scenario_.always &= static_cast<AddressBits>(list | kExtra);
      const std::size_t first = random_.below(scenario_.nodes.size());
      for (std::size_t i = 0; i < scenario_.nodes.size(); ++i) {
        scenario_.quiet_at += some_intervals(random_.percent(50) ? 1 : 8);
        Fault fault{scenario_.quiet_at, FaultKind::List};
        fault.node = static_cast<std::uint8_t>((first + i) % scenario_.nodes.size());
        fault.value = list;
        add(fault);
        if (!random_.percent(20)) continue;
        scenario_.quiet_at += some_intervals(4);
        add({scenario_.quiet_at, FaultKind::FailoverMaster, 0, 0, 0, 0, some_intervals(6)});
      }
    }
  }

  /// The bound, from when the faults have ended until nothing may move any more. In the worst case:
  /// somebody still leaves, or is started; then the slowest takes over after a Master_Down_Interval
  /// that began with the last stray advertisement (two intervals late), and listens one interval
  /// more because it was late; then a better one is ready, waits for its delay, and preempts, twice
  /// among three nodes.
  void settle() {
    scenario_.longest_interval = scenario_.interval;
    Duration extra{};
    int losses = 0;
    for (const Fault& fault : scenario_.faults) {
      if (fault.kind == FaultKind::Interval)
        scenario_.longest_interval = kSlower * scenario_.interval;
      if (fault.kind == FaultKind::RefusedSends || fault.kind == FaultKind::RefusedAddresses) {
        extra = std::max<Duration>(extra, 5s);
      }
      if (fault.kind == FaultKind::LoseAddress && ++losses == 5) extra = 60s;
    }
    const Duration down = master_down_interval(scenario_.version, 1, scenario_.longest_interval);
    const Duration leave = leave_limit(scenario_.version, scenario_.longest_interval);
    scenario_.settled_at = scenario_.quiet_at + leave + 1s + 4 * scenario_.longest_interval +
                           4 * down + 2 * longest_delay() + extra + (extra > 0s ? 2 * down : 0s);
    if (scenario_.profile == Profile::Lone) scenario_.settled_at += 10s;
    if (scenario_.profile == Profile::Tracks) scenario_.settled_at += 2 * down;  // an unheard leave
    scenario_.ends_at = scenario_.settled_at + 12 * scenario_.longest_interval;
  }

  Random random_;
  Scenario scenario_;
};

constexpr const char* kProfiles[] = {"chaos", "lone",   "respawn", "planned",
                                     "late",  "tracks", "lists"};
constexpr const char* kFaults[] = {
    "pause",
    "kill vrrp",
    "kill the master's vrrp",
    "kill all",
    "kill all, release",
    "kill all of the master, release",
    "power off",
    "lost priority 0",
    "stop",
    "stop the master",
    "failover",
    "failover of the master",
    "end hold",
    "link down",
    "partition",
    "one way",
    "rough",
    "hog",
    "slow writer",
    "refused sends",
    "refused addresses",
    "lose address",
    "priority",
    "interval",
    "list",
    "track",
    "quiet",
};
static_assert(std::size(kFaults) == static_cast<std::size_t>(FaultKind::Quiet) + 1);

std::string milliseconds(Duration time) {
  return std::to_string(std::chrono::duration<double, std::milli>(time).count()) + " ms";
}

}  // namespace

Address address_of(std::size_t node) {
  return boost::asio::ip::address_v4(0xc0000201U + static_cast<unsigned>(node));
}

std::vector<InterfaceAddress> addresses_of(AddressBits bits, std::size_t router) {
  std::vector<InterfaceAddress> result;
  for (unsigned bit = 0; bit < 3; ++bit) {
    if ((bits >> bit & 1U) == 0) continue;
    result.push_back(
        {boost::asio::ip::address_v4(0xc000020aU + 10 * bit + static_cast<unsigned>(router)), 32});
  }
  return result;
}

AddressBits advertised_bits(const InstanceConfig& config) {
  unsigned bits = 0;
  for (const InterfaceAddress& each : config.virtual_addresses) {
    bits |= each.address.to_v4().to_uint() < 0xc0000214U ? kFirst : kSecond;
  }
  return static_cast<AddressBits>(bits);
}

AddressBits bits_of(const InstanceConfig& config) {
  return static_cast<AddressBits>(advertised_bits(config) |
                                  (config.extra_addresses.empty() ? 0U : kExtra));
}

InstanceConfig Scenario::config_of(std::size_t node, std::size_t router) const {
  InstanceConfig config;
  config.name = "r" + std::to_string(router);
  config.interface = "eth" + std::to_string(router);
  config.virtual_router_id = 61;
  config.version = version;
  config.priority = nodes[node].priority;
  config.advertisement_interval = interval;
  config.preempt = nodes[node].preempt;
  config.preempt_delay = nodes[node].preempt_delay;
  config.preempt_margin = nodes[node].preempt_margin;
  config.tracks = nodes[node].tracks[router];
  if (nodes[node].refuses) config.address_conflict = AddressConflict::Refuse;
  config.virtual_addresses = addresses_of(kFirst, router);
  if (has_extra) {
    config.extra_addresses = addresses_of(kExtra, router);
    config.unicast = Unicast{address_of(node), {}};
    for (std::size_t other = 0; other < nodes.size(); ++other) {
      if (other != node) config.unicast->peers.push_back(address_of(other));
    }
  }
  config.announcements = {{0s, 50ms, 250ms, 1s}, 60s};
  return config;
}

Scenario scenario_of(std::uint64_t seed) {
  return Draw(seed).run();
}

Scenario track_scenario_of(std::uint64_t seed) {
  return Draw(seed).run_tracks();
}

std::string to_text(const std::vector<TrackConfig>& tracks) {
  std::string text;
  for (const TrackConfig& each : tracks) {
    text +=
        ", " + each.name + " " + std::string(name(each.effect)) + " " + std::to_string(each.weight);
  }
  return text;
}

std::string to_text(const Fault& fault) {
  return milliseconds(fault.at) + ": " + kFaults[static_cast<std::size_t>(fault.kind)] + ", node " +
         std::to_string(fault.node) + ", peer " + std::to_string(fault.peer) + ", router " +
         std::to_string(fault.router) + ", value " + std::to_string(fault.value) + ", for " +
         milliseconds(fault.lasts) +
         (fault.kind == FaultKind::Track
              ? " " + std::string(name(fault.state)) + " " + std::to_string(fault.number)
              : "");
}

std::string to_text(const Scenario& scenario) {
  std::string text = std::string(kProfiles[static_cast<std::size_t>(scenario.profile)]) +
                     (scenario.version == Version::V2 ? ", version 2" : "") + ", interval " +
                     milliseconds(scenario.interval) + ", routers " +
                     std::to_string(scenario.routers) + (scenario.is_grouped ? " in a group" : "") +
                     (scenario.address_lease ? "" : ", no leases") + "\n";
  for (const NodePlan& node : scenario.nodes) {
    text += "node: priority " + std::to_string(node.priority) +
            (node.preempt ? ", preempts after " + milliseconds(node.preempt_delay)
                          : std::string(", does not preempt")) +
            (node.refuses ? ", respects claims" : "") + ", starts at " +
            milliseconds(node.starts_at) + ", ready after " + milliseconds(node.ready_after) +
            (node.stays_stopped ? ", stays stopped" : "") + ", margin " +
            std::to_string(node.preempt_margin) + to_text(node.tracks[0]) + " |" +
            to_text(node.tracks[1]) + " |" + to_text(node.group_tracks) + "\n";
  }
  for (const Fault& fault : scenario.faults) text += to_text(fault) + "\n";
  return text + "settled at " + milliseconds(scenario.settled_at) + "\n";
}

}  // namespace evenkeel::vrrp::simulator
