// What happens in one run, drawn from its seed: the nodes, and what befalls them.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "vrrp/config.h"
#include "vrrp/instance_events.h"

namespace evenkeel::vrrp::simulator {

/// What is done to the nodes decides what may be asked of them.
enum class Profile : std::uint8_t {
  Chaos,    ///< everything
  Lone,     ///< one node, stopped and started again within the unanswered lease
  Respawn,  ///< a clean network; the Master's vrrp process is killed, and respawned at once
  Planned,  ///< a clean network; Masters leave as planned while a Backup listens
  Late,     ///< likewise; the Master's vrrp process is killed, and respawned too late to resume
  Tracks,   ///< likewise; what the nodes follow fails and holds again
  Lists,    ///< likewise; other lists of addresses, on one node after the other
};

enum class FaultKind : std::uint8_t {
  Pause,             ///< every process of the node is stopped, for `lasts`
  KillVrrp,          ///< main respawns it after `lasts`
  KillVrrpOfMaster,  ///< whichever node that is
  KillAll,           ///< nothing is left but the lease; started again after `lasts`
  KillAllAndRelease,
  ReleaseMaster,     ///< Planned: the same of whichever node that is, if a Backup listens to it
  PowerOff,          ///< the host is gone, addresses and all; it boots after `lasts`
  LostPriorityZero,  ///< by whomever, for `lasts`
  Stop,              ///< as planned; started again after `lasts`, but not before it has ended
  StopMaster,        ///< Planned: whichever node that is, if a Backup listens to it
  Failover,          ///< if it is Master
  FailoverMaster,
  EndHold,           ///< `evenkeel resume`
  LinkDown,          ///< of one interface, for `lasts`
  Partition,         ///< between `node` and `peer` on one interface, for `lasts`
  OneWay,            ///< likewise, but only what `node` sends is lost
  Rough,             ///< loss, delay and reordering everywhere, for `lasts`
  Hog,               ///< the node's timers are late, for `lasts`
  SlowWriter,        ///< for `lasts`
  RefusedSends,      ///< EPERM, for `lasts`
  RefusedAddresses,  ///< the kernel refuses to install, for `lasts`
  LoseAddress,       ///< ip addr del
  Priority,          ///< to `value`
  Interval,          ///< reconfigured, on every node, one after the other
  List,              ///< likewise, on this node, to the virtual addresses `value`
  Track,             ///< what becomes of the track `value` of the router, or of its group
  Quiet,             ///< the end of all faults
};

/// Reconfigured to this many times the interval.
constexpr int kSlower = 5;

struct Fault {
  Duration at{};
  FaultKind kind = FaultKind::Quiet;
  std::uint8_t node = 0;
  std::uint8_t peer = 0;
  std::uint8_t router = 0;
  std::uint8_t value = 0;
  Duration lasts{};
  TrackState state = TrackState::Unknown;
  std::int16_t number = 0;
};
constexpr std::size_t kMaxRoutersDrawn = 2;

struct NodePlan {
  std::uint8_t priority = 100;
  bool preempt = true;
  bool refuses = false;  ///< address_conflict
  Duration preempt_delay{};
  std::uint8_t preempt_margin = 0;
  std::array<std::vector<TrackConfig>, kMaxRoutersDrawn> tracks{};
  std::vector<TrackConfig> group_tracks{};
  Duration starts_at{};
  Duration ready_after{};      ///< its first round of checks
  bool stays_stopped = false;  ///< from a planned stop shortly before the quiet
};

[[nodiscard]] Address address_of(std::size_t node);

/// Of a router, as bits: two that are advertised, and an extra one.
using AddressBits = std::uint8_t;
constexpr AddressBits kFirst = 1;
constexpr AddressBits kSecond = 2;
constexpr AddressBits kExtra = 4;
[[nodiscard]] std::vector<InterfaceAddress> addresses_of(AddressBits bits, std::size_t router);
/// Those that are advertised.
[[nodiscard]] AddressBits advertised_bits(const InstanceConfig& config);
/// And the extra one.
[[nodiscard]] AddressBits bits_of(const InstanceConfig& config);

struct Scenario {
  std::uint64_t seed = 0;
  Profile profile = Profile::Chaos;
  Version version = Version::V3;
  Duration interval{};
  Duration longest_interval{};  ///< when it is reconfigured
  std::uint8_t routers = 1;     ///< each on an interface of its own
  bool is_grouped = false;
  bool address_lease = true;
  bool has_extra = false;       ///< an extra address, and unicast: who is a peer is known
  AddressBits always = kFirst;  ///< on the lists of every node all the time
  std::vector<NodePlan> nodes;
  std::vector<Fault> faults;
  unsigned loss_percent = 0;  ///< while Rough
  Duration writer_takes{};    ///< at most, as long as it is not slow
  Duration faults_from{};     ///< all but Chaos: by now there is a Master
  Duration quiet_at{};        ///< faults have ended, packets flow
  Duration settled_at{};      ///< from here on nothing may move
  Duration ends_at{};

  [[nodiscard]] InstanceConfig config_of(std::size_t node, std::size_t router) const;
};

[[nodiscard]] Scenario scenario_of(std::uint64_t seed);
/// Of the profile Tracks.
[[nodiscard]] Scenario track_scenario_of(std::uint64_t seed);
[[nodiscard]] std::string to_text(const Fault& fault);
[[nodiscard]] std::string to_text(const Scenario& scenario);

}  // namespace evenkeel::vrrp::simulator
