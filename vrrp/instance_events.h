// What a virtual router is told (events), and what is to be done about it (actions): values between
// instance.h and whoever drives it.
#pragma once

#include <boost/container/static_vector.hpp>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "vrrp/address_list.h"
#include "vrrp/config.h"
#include "vrrp/following.h"
#include "vrrp/status.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

// Events.

/// Begin, after InterfaceChanged.
struct Startup {};
/// Begin as the Master that the process before us was (predecessor.h): nothing moves.
struct Resume {};
/// `TooLate`: as Failover, but the instance may preempt afterwards.
/// `Fault`: likewise, and it does not serve again before what it follows holds.
enum class LeaveFor : std::uint8_t { Stop, Failover, TooLate, Fault };
/// Begin as a Master that leaves: the process before us was Master, and it is too late to resume.
struct ResumeLeaving {
  LeaveFor purpose = LeaveFor::TooLate;  ///< or Failover
  TimePoint last_advertisement{};        ///< of the process before us
  bool has_addresses = false;            ///< some are on the interface
  Duration at_least{};                   ///< as in Leave
};
struct Leave {
  LeaveFor purpose = LeaveFor::Stop;
  /// Wait for the new Master at least this long: group_leave_limit() for a member of a sync group.
  Duration at_least{};
};
/// A valid advertisement of this virtual router.
struct Heard {
  Address source;
  std::uint8_t priority = 0;
  Duration interval{};
  TimePoint at{};  ///< when the kernel received it; not after `now`
  ListMatch list = ListMatch::Same;
  std::span<const std::uint8_t> addresses{};  ///< of another list than ours: inside the packet
};
struct TimerExpired {};
/// Which addresses the kernel has let the writer install.
enum class Installed : std::uint8_t {
  All,
  AllButNew,  ///< what there was before is there; of what a reload has added some is refused
  Some,       ///< of the virtual addresses
  None,
};
/// The writer's answer to InstallAddresses, one to each. All comes once more when the refused
/// addresses are installed at last.
struct AddressesInstalled {
  Installed installed = Installed::All;
};
/// The virtual addresses are installed: before AddressesInstalled, where there are many extra ones.
struct VirtualAddressesInstalled {};
/// A virtual address has gone from the interface, and this process has not removed it.
struct AddressLost {};
/// Results of tracks of the instance or of its sync group. Results of other tracks change nothing.
struct TracksJudged {
  std::vector<NamedTrackResult> results;
};
/// Readiness: until the first round of checks has ended there is no preemption.
struct ReadinessChanged {
  bool is_ready = false;
};
/// `evenkeel resume`: preempt again.
struct HoldChanged {
  bool is_held = false;
};
/// `problem`: why it cannot be used (Reason::InterfaceMissing and so on); nothing = it can.
struct InterfaceChanged {
  std::optional<Reason> problem;
  Address source;  ///< the address that we advertise from
};
/// The kernel did not send an advertisement. `by_firewall` (EPERM, EACCES): the peers certainly
/// hear nothing from us. Otherwise there may be no peer, or no route to one.
struct SendRefused {
  bool by_firewall = true;
  bool is_too_long = false;  ///< EMSGSIZE: longer than the way to it allows
};
/// Somebody else answered for a virtual address that is not installed here.
struct AddressConflicted {};
/// The file was changed; RouterKey, version and delivery are the same.
struct Reconfigured {
  InstanceConfig config;
  std::vector<TrackConfig> group_tracks{};  ///< of its sync group
  std::vector<NamedTrackResult> results{};  ///< of all tracks, as far as they are known
};
// From the sync group.
/// The tracks of all members have led to this verdict.
struct GroupJudged {
  GroupVerdict verdict{};
};
struct GroupTakesOver {};
struct GroupStepsDown {};   ///< a member is Backup: be Backup too
struct GroupFails {};       ///< a member is in Initialize: be in Initialize too
struct GroupRecovers {};    ///< no member is any more
struct SuccessorsHeard {};  ///< every leaving member has heard its new Master: remove the addresses
/// Every member that takes over has its addresses. A member that advertised before would make the
/// other side's group step down, and remove addresses that are not here yet.
struct MembersInstalled {};
/// A member has heard a lower-priority Master, and announces its addresses again. So do the other
/// members: that Master may be on their links too, where they do not hear it.
struct MemberReasserted {
  TimePoint at{};
};

using Event =
    std::variant<Startup, Resume, ResumeLeaving, Leave, Heard, TimerExpired, AddressesInstalled,
                 AddressLost, TracksJudged, ReadinessChanged, HoldChanged, InterfaceChanged,
                 SendRefused, AddressConflicted, VirtualAddressesInstalled, Reconfigured,
                 GroupJudged, GroupTakesOver, GroupStepsDown, GroupFails, GroupRecovers,
                 SuccessorsHeard, MembersInstalled, MemberReasserted>;

// Actions, to be performed in order.

struct SendAdvertisement {
  std::uint8_t priority = 0;
};
/// Install all addresses, with lease_time() as kernel lifetime where leases are on, and remove
/// those of a configuration before. Answered by AddressesInstalled.
struct InstallAddresses {};
struct AnnounceAddresses {};
struct ProbeAddresses {};  ///< ask whether somebody else has them
struct RemoveAddresses {};
/// Leave the addresses that are still there on the interface, with a last lease of
/// kUnansweredLease, also where leases are off.
struct AbandonAddresses {};
/// status() has changed, and the operator is to be told at once.
struct Report {};

using Action = std::variant<SendAdvertisement, InstallAddresses, AnnounceAddresses, ProbeAddresses,
                            RemoveAddresses, AbandonAddresses, Report>;
using Actions = boost::container::static_vector<Action, 10>;

}  // namespace evenkeel::vrrp
