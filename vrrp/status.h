// The status of a virtual router, as a value.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/fields/enum_array.h"
#include "daemon/fields/table.h"
#include "vrrp/advertisement.h"
#include "vrrp/rival.h"
#include "vrrp/track.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// Why an instance is in its state: each transition has a reason.
enum class Reason : std::uint8_t {
  // In Initialize.
  NotStarted,
  InterfaceMissing,
  InterfaceDown,
  UnicastInterfaceMissing,
  UnicastInterfaceDown,
  NoSourceAddress,       ///< the interface has no address of the family to send from
  AdvertisementTooLong,  ///< for the interface's MTU: it would never leave (IPv4)
  NotRealTime,           ///< under 100 ms without real-time priority or locked memory: not trusted
  SocketRefused,         ///< the sockets could not be opened
  SendRefused,           ///< EPERM: a local firewall rule, most likely
  AddressesRefused,      ///< the kernel refused a virtual address
  AddressesContested,    ///< something removes them again and again
  TrackFailed,      ///< what it follows has failed, and has no weight; as Master: it leaves for it
  GroupMemberDown,  ///< another member of the sync group is in Initialize
  Stopped,          ///< left as planned, and somebody took over
  LeftUnanswered,   ///< left as planned, and nobody answered: the addresses stay for a while
  // In Backup.
  Started,
  BetterMaster,     ///< a better advertisement was heard
  LateMaster,       ///< we were late, and somebody had taken over
  GroupMemberLeft,  ///< another member of the sync group is not Master any more
  HandedOver,       ///< `evenkeel failover`
  AddressConflict,  ///< somebody else answers for them, and the operator wants that respected
  // In Master.
  MasterDownTimerExpired,
  MasterReleased,  ///< the Master before sent priority 0
  Preempting,      ///< the Master before has a lower priority
  AddressOwner,
  Resumed,          ///< after a respawn or restart: nothing moved
  NobodyAnswered,   ///< left, and no peer took over: still Master
  Leaving,          ///< priority 0 is sent, addresses stay until the new Master is heard
  TooLateToResume,  ///< likewise: the process before us was Master, and has been silent for long
};
constexpr auto words_of(Reason) {
  using enum Reason;
  return fields::words<Reason>(
      {{NotStarted, "not_started", "not started"},
       {InterfaceMissing, "interface_missing", "interface is missing"},
       {InterfaceDown, "interface_down", "interface is down"},
       {UnicastInterfaceMissing, "unicast_interface_missing", "unicast interface is missing"},
       {UnicastInterfaceDown, "unicast_interface_down", "unicast interface is down"},
       {NoSourceAddress, "no_source_address", "interface has no address to send from"},
       {AdvertisementTooLong, "advertisement_too_long",
        "an advertisement of so many virtual addresses does not fit the interface's MTU"},
       {NotRealTime, "not_real_time",
        "no real-time priority or locked memory, which intervals under 100 ms need"},
       {SocketRefused, "socket_refused", "sockets could not be opened"},
       {SendRefused, "send_refused", "sending is refused (a local firewall rule?)"},
       {AddressesRefused, "addresses_refused", "the kernel refused a virtual address"},
       {AddressesContested, "addresses_contested",
        "something keeps removing the virtual addresses"},
       {TrackFailed, "track_failed", "what it follows has failed"},
       {GroupMemberDown, "group_member_down", "another member of the sync group is down"},
       {Stopped, "stopped"},
       {LeftUnanswered, "left_unanswered", "left unanswered"},
       {Started, "started"},
       {BetterMaster, "better_master", "a better master was heard"},
       {LateMaster, "late_master", "late, and another master had taken over"},
       {GroupMemberLeft, "group_member_left",
        "another member of the sync group is not master any more"},
       {HandedOver, "handed_over", "handed over"},
       {AddressConflict, "address_conflict", "somebody else has a virtual address"},
       {MasterDownTimerExpired, "master_down_timer_expired", "master down timer expired"},
       {MasterReleased, "master_released", "the master released it"},
       {Preempting, "preempting", "preempting a master of lower priority"},
       {AddressOwner, "address_owner", "address owner"},
       {Resumed, "resumed"},
       {NobodyAnswered, "nobody_answered", "nobody else took over"},
       {Leaving, "leaving", "leaving, until a new master is heard"},
       {TooLateToResume, "too_late_to_resume",
        "too late to resume, leaving until a new master is heard"}});
}
constexpr std::size_t kReasons = fields::kCount<Reason>;

/// Since the process started; 64 bits do not wrap.
struct InstanceCounters {
  std::uint64_t became_master = 0;
  std::uint64_t left_master = 0;
  std::uint64_t advertisements_sent = 0;
  std::uint64_t advertisements_received = 0;  ///< valid ones
  std::uint64_t priority_zero_sent = 0;
  std::uint64_t priority_zero_received = 0;
  std::uint64_t priority_zero_ignored = 0;    ///< from a router that is not the Master
  std::uint64_t lower_priority_answered = 0;  ///< advertisements heard as Master, answered
  std::uint64_t addresses_put_back = 0;
  std::uint64_t late = 0;                ///< timers served a whole interval late or more
  std::uint64_t intervals_clamped = 0;   ///< advertised intervals out of the range we learn
  std::uint64_t announcements_sent = 0;  ///< frames
  std::uint64_t sends_refused = 0;
  /// Advertisements on our interface of virtual routers that are none of ours; of those that share
  /// an interface the first one counts.
  std::uint64_t others_heard = 0;
  /// Advertisements, ARP frames and neighbour advertisements that came too fast to be compared
  /// with ours; the first instance counts.
  std::uint64_t others_missed = 0;
  /// By DecodeError: datagrams dropped before they reached the state machine.
  fields::EnumArray<DecodeError, std::uint64_t> dropped{};

  friend bool operator==(const InstanceCounters&, const InstanceCounters&) = default;
};
constexpr auto fields_of(fields::Of<InstanceCounters>) {
  using fields::field;
  using T = InstanceCounters;
  return fields::table(
      field<&T::became_master>("became_master"), field<&T::left_master>("left_master"),
      field<&T::advertisements_sent>("advertisements_sent"),
      field<&T::advertisements_received>("advertisements_received"),
      field<&T::priority_zero_sent>("priority_zero_sent"),
      field<&T::priority_zero_received>("priority_zero_received"),
      field<&T::priority_zero_ignored>("priority_zero_ignored"),
      field<&T::lower_priority_answered>("lesser_answered"),
      field<&T::addresses_put_back>("addresses_put_back"), field<&T::late>("late"),
      field<&T::intervals_clamped>("intervals_clamped"),
      field<&T::announcements_sent>("announcements_sent"),
      field<&T::sends_refused>("sends_refused"), field<&T::others_heard>("others_heard"),
      field<&T::others_missed>("others_missed"), field<&T::dropped>("dropped"));
}

/// A router whose valid advertisement was heard.
struct Peer {
  Address address;
  std::uint8_t priority = 0;
  Duration interval{};
  TimePoint heard{};  ///< its last one

  friend bool operator==(const Peer&, const Peer&) = default;
};
constexpr auto fields_of(fields::Of<Peer>) {
  using fields::field;
  using T = Peer;
  return fields::table(field<&T::address>("address"), field<&T::priority>("priority"),
                       field<&T::interval>("interval"),
                       field<&T::heard>("heard", fields::NotNegative{}));
}
constexpr std::size_t kMaxPeersShown = 8;

/// Another list of addresses than ours, advertised with our virtual router ID.
struct OtherList {
  Address source;
  bool is_ignored = false;         ///< no address in common with ours: changes nothing
  std::size_t count = 0;           ///< of its addresses
  std::vector<Address> addresses;  ///< the first ones, at most kMaxAddressesShown

  friend bool operator==(const OtherList&, const OtherList&) = default;
};
constexpr std::size_t kMaxAddressesShown = 8;
constexpr std::size_t kMaxOtherLists = 4;
constexpr auto fields_of(fields::Of<OtherList>) {
  using fields::field;
  using T = OtherList;
  return fields::table(field<&T::source>("source"), field<&T::is_ignored>("ignored"),
                       field<&T::count>("count", fields::UpTo{255}),
                       field<&T::addresses>("addresses", fields::First{kMaxAddressesShown}));
}
/// "192.0.2.66: 198.51.100.10, 198.51.100.11 and 3 more"
[[nodiscard]] std::string to_string(const OtherList& list);

/// A datagram that was dropped.
struct Drop {
  DecodeError error = DecodeError::Length;
  Address source;

  friend bool operator==(const Drop&, const Drop&) = default;
};
constexpr auto fields_of(fields::Of<Drop>) {
  using fields::field;
  using T = Drop;
  return fields::table(field<&T::error>("error"), field<&T::source>("source"));
}

/// A track of an instance, and what it does to the priority.
struct TrackStatus {
  TrackKind kind = TrackKind::Check;
  std::string name;
  bool is_of_group = false;  ///< the sync group follows it
  TrackState state = TrackState::Unknown;
  bool is_stale = false;  ///< whoever judges it is away: the last known
  TrackEffect effect = TrackEffect::Fault;
  std::int16_t weight = 0;
  std::int32_t applied = 0;  ///< to the priority
  bool is_fault = false;     ///< it keeps the instance in Initialize
  TimePoint since{};         ///< in this state
  std::string reason;

  friend bool operator==(const TrackStatus&, const TrackStatus&) = default;
};
constexpr auto fields_of(fields::Of<TrackStatus>) {
  using fields::field;
  using T = TrackStatus;
  return fields::table(
      field<&T::kind>("kind"), field<&T::name>("name", fields::AtMost{kMaxTrackName}),
      field<&T::is_of_group>("of_group"), field<&T::state>("state"), field<&T::is_stale>("stale"),
      field<&T::effect>("effect"), field<&T::weight>("weight"), field<&T::applied>("applied"),
      field<&T::is_fault>("fault"), field<&T::since>("since", fields::NotNegative{}),
      field<&T::reason>("reason", fields::First{kMaxTrackReason}));
}
/// All of an instance and of its sync group.
constexpr std::size_t kMaxTracksShown = 2 * kMaxTracks;
/// Of a node that is cut off.
constexpr std::string_view kCutOff =
    "a gateway and all checks fail: this node is cut off, and the checks are not counted";
/// "check local_nginx: connect refused"
[[nodiscard]] std::string to_string(const TrackStatus& track);
/// The track fails, cannot run, or is not judged at present.
[[nodiscard]] constexpr bool is_trouble(const TrackStatus& track) {
  return track.state == TrackState::Fails || track.state == TrackState::CannotRun || track.is_stale;
}

/// The part of a status of which each change is told at once.
struct Headline {
  State state = State::Initialize;
  Reason reason = Reason::NotStarted;
  bool is_leaving = false;
  bool is_ready = false;
  bool is_held = false;
  bool has_conflict = false;
  bool has_master = false;
  std::size_t other_lists = 0;  ///< how many
  std::uint8_t priority = 0;
  friend bool operator==(const Headline&, const Headline&) = default;
};

/// What the writer alone knows, from the kernel.
struct KernelStatus {
  /// The interface's, where the configuration has an alternative one; else "".
  std::string interface_name;
  /// Another program has put a virtual address on the interface, and evenkeel does not remove it:
  /// this node answers for it in any state.
  bool has_foreign_address = false;
  /// Master without all of its addresses: the kernel refuses some.
  bool has_refused_address = false;
  /// The kernel does not tell when packets come, and the process looks for them every 10 ms.
  bool is_polling = false;

  friend bool operator==(const KernelStatus&, const KernelStatus&) = default;
};
constexpr auto fields_of(fields::Of<KernelStatus>) {
  using fields::field;
  using T = KernelStatus;
  return fields::table(field<&T::interface_name>("interface_name", fields::AtMost{kMaxName}),
                       field<&T::has_foreign_address>("foreign_address"),
                       field<&T::has_refused_address>("refused_address"),
                       field<&T::is_polling>("polling"));
}

struct InstanceStatus {
  std::string name;
  State state = State::Initialize;
  Reason reason = Reason::NotStarted;
  TimePoint since{};              ///< in this state
  std::uint8_t priority = 0;      ///< the effective one
  std::optional<Address> master;  ///< the current one; ourselves as Master: nothing
  bool is_leaving = false;        ///< Master that has sent priority 0
  bool has_conflict = false;      ///< somebody else answers for a virtual address
  bool is_ready = false;          ///< may preempt
  bool is_held = false;           ///< does not preempt until resume, or until the Master fails
  KernelStatus kernel;
  Duration master_down_interval{};     ///< as learned
  Duration worst_lateness{};           ///< of a timer, since the start
  std::vector<Peer> peers;             ///< at most kMaxPeersShown, the last heard first
  std::vector<OtherList> other_lists;  ///< at most kMaxOtherLists, forgotten when silent
  std::optional<Drop> last_drop;
  /// By DecodeError: the sender of the last datagram that was dropped for it.
  fields::EnumArray<DecodeError, std::optional<Address>> dropped_from{};
  /// The last one whose advertisement a Master answered as the better one
  /// (lower_priority_answered).
  std::optional<Peer> last_lower_priority;
  /// Other hosts that have our addresses, or whose advertisements for our virtual router differ:
  /// believed, not yet forgotten; at most kMaxRivalsShown.
  std::vector<Rival> rivals;
  /// Tracks of the instance and of its sync group; at most kMaxTracksShown.
  std::vector<TrackStatus> tracks;
  /// The part of the priority that other members of its sync group take: 0 or below.
  std::int32_t by_members = 0;
  bool is_cut_off = false;  ///< a gateway and all checks fail: the checks are not counted
  InstanceCounters counters;

  /// Another host has a virtual address.
  [[nodiscard]] bool has_other_owner() const {
    return has_conflict || std::any_of(rivals.begin(), rivals.end(),
                                       [](const Rival& rival) { return rival.is_owner; });
  }
  /// A track without a result yet; nullptr: there is none.
  [[nodiscard]] const TrackStatus* unknown_track() const {
    const auto found = std::find_if(tracks.begin(), tracks.end(), [](const TrackStatus& track) {
      return track.state == TrackState::Unknown;
    });
    return found == tracks.end() ? nullptr : &*found;
  }
  friend bool operator==(const InstanceStatus&, const InstanceStatus&) = default;
};
constexpr auto fields_of(fields::Of<InstanceStatus>) {
  using fields::field;
  using T = InstanceStatus;
  return fields::table(
      field<&T::name>("name", fields::AtMost{kMaxName}), field<&T::state>("state"),
      field<&T::reason>("reason"), field<&T::since>("since", fields::NotNegative{}),
      field<&T::priority>("priority"), field<&T::master>("master"),
      field<&T::is_leaving>("leaving"), field<&T::has_conflict>("claimed"),
      field<&T::is_ready>("ready"), field<&T::is_held>("held"), field<&T::kernel>("kernel"),
      field<&T::master_down_interval>("master_down_interval"),
      field<&T::worst_lateness>("worst_lateness"),
      field<&T::peers>("peers", fields::First{kMaxPeersShown}),
      field<&T::other_lists>("other_lists", fields::First{kMaxOtherLists}),
      field<&T::last_drop>("last_drop"), field<&T::dropped_from>("dropped_from"),
      field<&T::last_lower_priority>("last_lesser"),
      field<&T::rivals>("rivals", fields::First{kMaxRivalsShown}),
      field<&T::tracks>("tracks", fields::First{kMaxTracksShown}),
      field<&T::by_members>("by_members"), field<&T::is_cut_off>("cut_off"),
      field<&T::counters>("counters"));
}

/// The reason, with the track where that is one: "what it follows has failed: check local_nginx:
/// connect refused".
[[nodiscard]] std::string explanation(const InstanceStatus& status);

}  // namespace evenkeel::vrrp
