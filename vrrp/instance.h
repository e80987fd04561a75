// One virtual router: RFC 9568 section 6.4 with its errata, and what the RFC leaves out: addresses
// that take time to install, leaving as planned, resuming, preemption delay, storms.
//
// Pure. Never reads a clock, never touches a socket: handle() is the one door, deadline() says when
// it wants TimerExpired. The engine calls it from its one thread; whoever calls must have drained
// the sockets first, so that an advertisement which is already there beats the timer it resets.
//
// clang-format off
//   Initialize --Startup, interface usable--> Backup --timer--> Master --better advertisement--> Backup
//   Master --Leave--> Master, leaving: priority 0 is sent, addresses and forwarding stay, until
//       the new Master is heard               --> Backup (Failover) or Initialize (Stop)
//       or nobody was, in leave_limit()       --> Master again (Failover), or Initialize with the
//                                                 addresses left for kUnansweredLease (Stop)
//   Initialize --ResumeLeaving--> Master, leaving: what a process before us held stays until somebody
//       else has it
// clang-format on
//
// A member of a sync group wants_master() where an instance on its own would become Master, and
// waits for its group (sync_group.h) to say so; when it leaves it keeps its addresses until the
// group says that every member has heard its new Master.
#pragma once

#include <array>
#include <boost/container/static_vector.hpp>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "vrrp/address_list.h"
#include "vrrp/announcement_timer.h"
#include "vrrp/config.h"
#include "vrrp/other_lists.h"
#include "vrrp/peer_table.h"
#include "vrrp/status.h"
#include "vrrp/storm_guard.h"
#include "vrrp/timers.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

// Events.

/// Begin, after InterfaceChanged.
struct Startup {};
/// Begin as the Master that the process before us was (may_resume()): nothing moves.
struct Resume {};
/// `TooLate`: as Failover, but it is held from nothing afterwards.
enum class LeaveFor : std::uint8_t { Stop, Failover, TooLate };
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
/// How far the kernel let the writer install.
enum class Installed : std::uint8_t {
  All,
  AllButNew,  ///< what there was before is there; of what a reload has added some is refused
  Some,       ///< of the virtual addresses
  None,
};
/// The writer's answer to InstallAddresses, to each exactly one; and All once more when what was
/// refused is there at last.
struct AddressesInstalled {
  Installed installed = Installed::All;
};
/// Before AddressesInstalled, where there are many extra ones: the virtual addresses are there.
struct VirtualAddressesInstalled {};
/// A virtual address has gone from the interface, and not by our hand.
struct AddressLost {};
struct PriorityChanged {
  std::uint8_t priority = 0;  ///< the effective one, 1..255
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
/// The kernel did not send an advertisement. `by_firewall` (EPERM, EACCES): the peers hear nothing
/// from us for certain; else it may be that there is nobody, or no way to him.
struct SendRefused {
  bool by_firewall = true;
  bool is_too_long = false;  ///< EMSGSIZE: longer than the way to it allows
};
/// Somebody else answered for a virtual address that is not installed here.
struct AddressClaimed {};
/// The file was changed; RouterKey, version and delivery are the same.
struct Reconfigured {
  InstanceConfig config;
};
// From the sync group.
struct GroupTakesOver {};
struct GroupStepsDown {};   ///< a member is Backup: be Backup too
struct GroupFails {};       ///< a member is in Initialize: be in Initialize too
struct GroupRecovers {};    ///< no member is any more
struct SuccessorsHeard {};  ///< every leaving member has heard its new Master: remove the addresses
/// Every member that takes over has its addresses. One that advertises before makes the other
/// side's group step down, and remove what is not here yet.
struct MembersInstalled {};
/// A member has heard a lower-priority Master, and announces its addresses again. So do the others:
/// that Master may be on their links too, unheard.
struct MemberReasserted {
  TimePoint at{};
};

using Event =
    std::variant<Startup, Resume, ResumeLeaving, Leave, Heard, TimerExpired, AddressesInstalled,
                 AddressLost, PriorityChanged, ReadinessChanged, HoldChanged, InterfaceChanged,
                 SendRefused, AddressClaimed, VirtualAddressesInstalled, Reconfigured,
                 GroupTakesOver, GroupStepsDown, GroupFails, GroupRecovers, SuccessorsHeard,
                 MembersInstalled, MemberReasserted>;

// Actions, to be performed in order.

struct SendAdvertisement {
  std::uint8_t priority = 0;
  friend bool operator==(const SendAdvertisement&, const SendAdvertisement&) = default;
};
/// All of them, with lease_time() as kernel lifetime where leases are on; those of a configuration
/// before are removed. Answered by AddressesInstalled.
struct InstallAddresses {
  friend bool operator==(const InstallAddresses&, const InstallAddresses&) = default;
};
struct AnnounceAddresses {
  friend bool operator==(const AnnounceAddresses&, const AnnounceAddresses&) = default;
};
struct ProbeAddresses {  ///< ask whether somebody else has them
  friend bool operator==(const ProbeAddresses&, const ProbeAddresses&) = default;
};
struct RemoveAddresses {
  friend bool operator==(const RemoveAddresses&, const RemoveAddresses&) = default;
};
/// Those that are still there are not removed, and not refreshed any more after this last time:
/// kUnansweredLease, also where leases are off.
struct AbandonAddresses {
  friend bool operator==(const AbandonAddresses&, const AbandonAddresses&) = default;
};
/// status() has changed in a way that an operator wants to know at once.
struct Report {
  friend bool operator==(const Report&, const Report&) = default;
};

using Action = std::variant<SendAdvertisement, InstallAddresses, AnnounceAddresses, ProbeAddresses,
                            RemoveAddresses, AbandonAddresses, Report>;
using Actions = boost::container::static_vector<Action, 10>;

/// What the vrrp process before this one left in the shared page.
struct PreviousRun {
  bool was_master = false;         ///< and not leaving
  bool left_unanswered = false;    ///< it left as planned, and nobody took over
  TimePoint last_advertisement{};  ///< sent by it
  bool has_addresses = false;      ///< some are on the interface
};
/// True: start with Resume. `interval` is ours.
[[nodiscard]] bool may_resume(const PreviousRun& previous, Duration interval, TimePoint now);

class Instance {
 public:
  /// `is_grouped`: a member of a sync group.
  explicit Instance(InstanceConfig config, bool is_grouped = false);

  /// The one door. `now` never goes back.
  [[nodiscard]] Actions handle(const Event& event, TimePoint now);
  /// When it wants TimerExpired; nothing = it waits for something else.
  [[nodiscard]] std::optional<TimePoint> deadline() const;

  [[nodiscard]] const InstanceConfig& config() const { return config_; }
  [[nodiscard]] State state() const { return status_.state; }
  [[nodiscard]] bool is_leaving() const { return leave_until_.has_value(); }
  /// False: its list is a stranger's, and it will change nothing.
  [[nodiscard]] bool heeds(const Heard& event) const;
  /// Our source address, as of the last InterfaceChanged.
  [[nodiscard]] const Address& source() const { return source_; }
  /// Everything. Allocates: not for every packet.
  [[nodiscard]] InstanceStatus status() const;
  /// The engine counts what it sends and drops.
  [[nodiscard]] InstanceCounters& counters() { return status_.counters; }
  [[nodiscard]] const InstanceCounters& counters() const { return status_.counters; }

  // For the sync group.
  /// The Master is silent, or has a lower priority: an instance alone would be Master now.
  [[nodiscard]] bool wants_master() const { return wants_master_; }
  /// In Initialize for a reason of its own, and not stopped.
  [[nodiscard]] bool has_failed() const;
  /// A Backup that has asked who has the addresses, and has not heard its Master since.
  [[nodiscard]] bool awaits_claims() const { return status_.state == State::Backup && has_probed_; }
  /// Leaving, and the new Master has been heard.
  [[nodiscard]] bool has_successor() const { return has_successor_; }
  /// Master, and the writer has not said yet that the addresses are there.
  [[nodiscard]] bool is_installing() const {
    return status_.state == State::Master && is_installing_;
  }
  /// The last time that it announced because it had heard a lower-priority Master.
  [[nodiscard]] const std::optional<TimePoint>& reasserted() const { return reasserted_; }
  /// Master with its addresses, but has not said so yet.
  [[nodiscard]] bool awaits_members() const {
    return status_.state == State::Master && !is_leaving() && !is_installing_ && !has_advertised_;
  }
  [[nodiscard]] Reason reason() const { return status_.reason; }
  /// Backup since its start, and nobody has been heard.
  [[nodiscard]] bool is_newcomer() const {
    return status_.state == State::Backup && status_.reason == Reason::Started && !status_.master;
  }
  [[nodiscard]] bool is_held() const { return status_.is_held; }
  /// The current one; ourselves as Master, or nobody known: nothing.
  [[nodiscard]] const std::optional<Address>& master() const { return status_.master; }
  /// When a valid advertisement of it was received last.
  [[nodiscard]] std::optional<TimePoint> last_heard(const Address& source) const {
    return peers_.last_heard(source);
  }
  [[nodiscard]] Headline headline() const;

 private:
  // The life: instance.cpp.
  void on(const Startup& event, TimePoint now);
  void on(const Resume& event, TimePoint now);
  void on(const ResumeLeaving& event, TimePoint now);
  void on(const Leave& event, TimePoint now);
  void on(const SuccessorsHeard& event, TimePoint now);
  void on(const TimerExpired& event, TimePoint now);
  void on(const GroupTakesOver& event, TimePoint now);
  void on(const GroupStepsDown& event, TimePoint now);
  void on(const GroupFails& event, TimePoint now);
  void on(const GroupRecovers& event, TimePoint now);
  void begin(TimePoint now);
  void start_leaving(const Leave& leave, Reason reason, TimePoint now);
  void complete_leave(TimePoint now);
  void master_down(TimePoint now);
  void respect_claim(TimePoint now);
  void serve_advertisement_timer(TimePoint now);
  void serve_leave_timer(TimePoint now);
  void enter_initialize(Reason reason, TimePoint now);
  void enter_backup(Reason reason, Duration interval, TimePoint now);
  void listen_for(Duration time, TimePoint now);
  void enter_master(Reason reason, TimePoint now);
  void begin_as_master(Reason reason, TimePoint now);
  void give_up(Reason reason, Duration retry_after, TimePoint now);
  void act(Action action) { actions_.push_back(action); }
  void advertise(std::uint8_t priority, TimePoint now);
  void install();
  void probe();
  void note_lateness(TimePoint due, TimePoint now);
  [[nodiscard]] Duration own_interval() const { return config_.advertisement_interval; }
  [[nodiscard]] Duration down_interval() const;
  /// Silent for so long that a Backup must have taken over.
  [[nodiscard]] bool is_late(TimePoint now) const;
  /// What it sends has not left for so long.
  [[nodiscard]] bool is_mute(TimePoint now) const;

  // What is heard: instance_heard.cpp.
  void on(const Heard& event, TimePoint now);
  void on(const MemberReasserted& event, TimePoint now);
  void note_list(const Heard& event);
  void forget_claims();
  void heard_as_backup(const Heard& event);
  void reassert(TimePoint now);
  /// Whether it is the one that we take for the Master.
  bool note_master(const Heard& event);
  void accept_master(const Heard& event, bool is_master);
  void heard_as_master(const Heard& event, TimePoint now);
  void heard_while_leaving(const Heard& event, TimePoint now);
  [[nodiscard]] Duration learned(Duration advertised);
  [[nodiscard]] bool preempts() const;

  // What changes around it: instance_changes.cpp.
  void on(const AddressesInstalled& event, TimePoint now);
  void on(const VirtualAddressesInstalled& event, TimePoint now);
  void on(const MembersInstalled& event, TimePoint now);
  void on(const AddressLost& event, TimePoint now);
  void on(const AddressClaimed& event, TimePoint now);
  void on(const InterfaceChanged& event, TimePoint now);
  void on(const SendRefused& event, TimePoint now);
  void on(const PriorityChanged& event, TimePoint now);
  void on(const ReadinessChanged& event, TimePoint now);
  void on(const HoldChanged& event, TimePoint now);
  void on(const Reconfigured& event, TimePoint now);
  void speak(TimePoint now);
  void yield_unheard(TimePoint now);
  void reconfigure_backup(const InstanceConfig& before, Duration down_before, TimePoint now);
  void reconfigure_master(const InstanceConfig& before, TimePoint now);

  InstanceConfig config_;
  bool is_grouped_ = false;
  InstanceStatus status_;
  Actions actions_;  ///< of the event at hand
  PeerTable peers_;
  OtherLists other_lists_;

  bool is_started_ = false;
  std::optional<Reason> interface_problem_ = Reason::InterfaceMissing;
  Address source_;
  std::optional<TimePoint> retry_at_;  ///< Initialize by our own judgement: try again

  // Backup; of status_.master.
  std::uint8_t master_priority_ = 0;
  std::optional<TimePoint> master_heard_;  ///< nothing: it has released
  Duration master_interval_{};             ///< as learned
  std::optional<TimePoint> down_at_;       ///< Master_Down_Timer
  TimePoint listen_until_{};               ///< as a Master that was late: no takeover before
  std::optional<TimePoint> probe_at_;
  bool has_probed_ = false;   ///< the Master is silent, and we have asked who has the addresses
  bool is_answered_ = false;  ///< since the last time that we have asked
  Reason unclaimed_reason_ = Reason::Started;  ///< the one before AddressConflict
  std::optional<TimePoint> preempt_at_;        ///< the end of preempt_delay
  Reason takeover_reason_ = Reason::MasterDownTimerExpired;
  bool has_listened_again_ = false;  ///< we were late, and gave the Master one more interval
  bool wants_master_ = false;

  // Master.
  std::optional<TimePoint> advertise_at_;  ///< Adver_Timer; while installing: do not wait longer
  TimePoint advertised_{};                 ///< or became Master
  bool is_installing_ = false;             ///< InstallAddresses is not answered
  bool has_been_refused_ = false;          ///< has given up for it, and nobody was better off
  bool has_lost_some_ = false;             ///< addresses, and has not asked to put them back yet
  bool has_advertised_ = false;            ///< since it has become Master
  bool has_been_answered_ = false;         ///< likewise: AddressesInstalled
  AnnouncementTimer announcements_;
  StormGuard losses_;
  std::optional<TimePoint> answered_;    ///< the last lower-priority advertisement
  std::optional<TimePoint> reasserted_;  ///< the last announcement for it
  std::optional<TimePoint> refused_since_;
  bool was_refused_ = false;
  bool is_too_long_ = false;  ///< what was refused last

  // Leaving.
  std::optional<TimePoint> leave_until_;
  TimePoint left_{};
  LeaveFor leave_for_ = LeaveFor::Stop;
  /// ResumeLeaving: when the process before us was heard last, if ever.
  std::optional<TimePoint> silent_since_;
  bool has_successor_ = false;
  bool has_early_answer_ = false;  ///< heard somebody who can hardly have taken over already
};

}  // namespace evenkeel::vrrp
