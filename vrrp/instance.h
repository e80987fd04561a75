// One virtual router: RFC 9568 section 6.4 with its errata, and what the RFC leaves out: addresses
// that take time to install, leaving as planned, resuming, preemption delay, storms.
//
// Pure. Never reads a clock, never touches a socket: every event goes through handle(), and
// deadline() says when TimerExpired is due. The engine calls it from its one thread, and drains the
// sockets first, so that an advertisement which is already there beats the timer that it resets.
//
// clang-format off
//   Initialize --Startup, interface usable--> Backup --timer--> Master --better advertisement--> Backup
//   Master --Leave--> Leaving (told as Master): priority 0 is sent, addresses and forwarding stay, until
//       the new Master is heard               --> Backup (Failover) or Initialize (Stop)
//       or nobody was, in leave_limit()       --> Master again (Failover), or Initialize with the
//                                                 addresses left for kUnansweredLease (Stop)
//   Backup, or Master by way of Leaving --a track has failed--> Initialize --it holds--> Backup
//   Initialize --ResumeLeaving--> Leaving: what a process before us held stays until somebody else has it
// clang-format on
//
// A member of a sync group wants_master() where an instance on its own would become Master, and
// waits for its group (sync_group.h) to say so; when it leaves it keeps its addresses until the
// group says that every member has heard its new Master.
#pragma once

#include <functional>
#include <optional>
#include <variant>

#include "vrrp/config.h"
#include "vrrp/following.h"
#include "vrrp/instance_events.h"
#include "vrrp/instance_states.h"
#include "vrrp/other_lists.h"
#include "vrrp/peer_table.h"
#include "vrrp/status.h"
#include "vrrp/timers.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

class Instance {
 public:
  /// `is_grouped`: a member of a sync group.
  explicit Instance(InstanceConfig config, bool is_grouped = false);

  /// Handles one event. `now` never goes back.
  [[nodiscard]] Actions handle(const Event& event, TimePoint now);
  /// When TimerExpired is due; nothing = no timer runs.
  [[nodiscard]] std::optional<TimePoint> deadline() const;

  [[nodiscard]] const InstanceConfig& config() const { return config_; }
  [[nodiscard]] State state() const;
  [[nodiscard]] bool is_leaving() const { return in<states::Leaving>() != nullptr; }
  /// False: the advertisement's list of addresses is foreign, and it will change nothing.
  [[nodiscard]] bool heeds(const Heard& event) const;
  /// Our source address, as of the last InterfaceChanged.
  [[nodiscard]] const Address& source() const { return source_; }
  /// Everything. Allocates: not for every packet.
  [[nodiscard]] InstanceStatus status() const;
  /// The engine counts what it sends and drops.
  [[nodiscard]] InstanceCounters& counters() { return status_.counters; }
  [[nodiscard]] const InstanceCounters& counters() const { return status_.counters; }

  // For the sync group.
  /// The Master is silent, or has a lower priority: alone, the instance would be Master now.
  [[nodiscard]] bool wants_master() const { return has(&states::Backup::wants_master); }
  /// In Initialize for a reason of its own, and not stopped. A track is no such reason: the group
  /// judges those of all members together (GroupJudged).
  [[nodiscard]] bool has_failed() const {
    return has(&states::Initialize::is_started) && reason() != Reason::GroupMemberDown &&
           reason() != Reason::TrackFailed;
  }
  [[nodiscard]] bool is_stopped() const {
    return in<states::Initialize>() && !has(&states::Initialize::is_started);
  }
  [[nodiscard]] const Following& following() const { return following_; }
  /// A Backup that has asked who has the addresses, and has not heard the Master since then.
  [[nodiscard]] bool awaits_conflicts() const { return has(&states::Backup::has_probed); }
  /// Leaving, and the new Master has been heard.
  [[nodiscard]] bool has_successor() const { return has(&states::Leaving::has_successor); }
  /// Master, and the writer has not said yet that the addresses are there.
  [[nodiscard]] bool is_installing() const {
    return has(&states::Master::is_installing) || has(&states::Leaving::is_installing);
  }
  /// Master or leaving: when it has announced last because it had heard a lower-priority one.
  [[nodiscard]] std::optional<TimePoint> reasserted() const {
    if (const auto* leaving = in<states::Leaving>()) return leaving->master.reasserted;
    const auto* master = in<states::Master>();
    return master ? master->reasserted : std::nullopt;
  }
  /// Master with its addresses that has not advertised yet.
  [[nodiscard]] bool awaits_members() const { return has(&states::Master::awaits_members); }
  [[nodiscard]] Reason reason() const { return status_.reason; }
  /// Backup since its start that has heard no Master.
  [[nodiscard]] bool is_newcomer() const {
    return in<states::Backup>() && reason() == Reason::Started && !master();
  }
  [[nodiscard]] bool is_held() const { return status_.is_held; }
  /// The current Master; nothing: this node is Master, or none is known.
  [[nodiscard]] const std::optional<Address>& master() const { return master_.address; }
  /// When a valid advertisement of it was received last.
  [[nodiscard]] std::optional<TimePoint> last_heard(const Address& source) const {
    return peers_.last_heard(source);
  }
  [[nodiscard]] Headline headline() const;

 private:
  /// The router that we take for the Master. One heard while leaving counts in Backup as well.
  struct CurrentMaster {
    std::optional<Address> address{};
    std::uint8_t priority = 0;
    std::optional<TimePoint> heard{};  ///< nothing: it has released
    Duration interval{};               ///< as learned; nobody known: ours
  };

  // Its start and its end: instance_life.cpp.
  void on(const Startup& event, TimePoint now);
  void on(const Resume& event, TimePoint now);
  void on(const ResumeLeaving& event, TimePoint now);
  /// False: the interface cannot be used, and the instance waits for it in place of resuming.
  [[nodiscard]] bool takes_up(TimePoint now);
  void begin(TimePoint now);
  void on(const Leave& event, TimePoint now);
  void on(const SuccessorsHeard& event, TimePoint now);
  void start_leaving(const Leave& leave, Reason reason, TimePoint now);
  void complete_leave(const states::Leaving& leaving, TimePoint now);
  void stay(const states::Leaving& leaving, TimePoint now);
  void on(const TimerExpired& event, TimePoint now);
  void expire(states::Initialize& initialize, TimePoint now);
  void expire(states::Backup& backup, TimePoint now);
  void expire(states::Master& master, TimePoint now);
  void expire(states::Leaving& leaving, TimePoint now);
  void master_down(states::Backup& backup, TimePoint now);
  void respect_conflict(states::Backup& backup, TimePoint now);
  void on(const GroupTakesOver& event, TimePoint now);
  void on(const GroupStepsDown& event, TimePoint now);
  void on(const GroupFails& event, TimePoint now);
  void on(const GroupRecovers& event, TimePoint now);

  // Transitions and actions of the states: instance.cpp. A transition ends the value of the state
  // before: no reference to that is used afterwards.
  void give_up(Reason reason, Duration retry_after, TimePoint now);
  void enter_initialize(Reason reason, TimePoint now, std::optional<TimePoint> retry_at = {});
  states::Backup& enter_backup(Reason reason, Duration interval, TimePoint now);
  states::Master& enter_master(Reason reason, TimePoint now);
  states::Master& begin_as_master(Reason reason, TimePoint now);
  void note_transition(Reason reason, TimePoint now);
  void act(Action action) { actions_.push_back(action); }
  void advertise(states::Master& master, std::uint8_t priority, TimePoint now);
  void install(states::Master& master);
  void announce_if_due(states::Master& master, TimePoint now);
  void probe(states::Backup& backup);
  void note_lateness(TimePoint due, TimePoint now);
  [[nodiscard]] Duration own_interval() const { return config_.advertisement_interval; }
  [[nodiscard]] Duration down_interval() const;

  // Advertisements: instance_heard.cpp.
  void on(const Heard& event, TimePoint now);
  void hear(states::Initialize& initialize, const Heard& event, TimePoint now);
  void hear(states::Backup& backup, const Heard& event, TimePoint now);
  void hear(states::Master& master, const Heard& event, TimePoint now);
  void hear(states::Leaving& leaving, const Heard& event, TimePoint now);
  void on(const MemberReasserted& event, TimePoint now);
  void note_list(const Heard& event);
  void forget_conflicts(states::Backup& backup);
  void hear_release(states::Backup& backup, const Heard& event);
  void give_way(states::Master& master, const Heard& event, bool is_better, TimePoint now);
  void reassert(states::Master& master, TimePoint now);
  /// Whether the sender is the router that we take for the Master.
  bool note_master(const Heard& event);
  void accept_master(states::Backup& backup, const Heard& event, bool is_master);
  [[nodiscard]] Duration learned(Duration advertised);
  [[nodiscard]] bool preempts() const;
  /// A Master of that priority is worse by more than preempt_margin.
  [[nodiscard]] bool is_beaten(std::uint8_t priority) const;

  // Events that are not advertisements: instance_changes.cpp.
  void on(const AddressesInstalled& event, TimePoint now);
  void on(const VirtualAddressesInstalled& event, TimePoint now);
  void on(const MembersInstalled& event, TimePoint now);
  void on(const AddressLost& event, TimePoint now);
  void on(const AddressConflicted& event, TimePoint now);
  void on(const InterfaceChanged& event, TimePoint now);
  void on(const SendRefused& event, TimePoint now);
  void on(const ReadinessChanged& event, TimePoint now);
  void on(const HoldChanged& event, TimePoint now);
  void on(const Reconfigured& event, TimePoint now);
  void speak(states::Master& master, TimePoint now);
  void yield_unheard(const states::Master& master, TimePoint now);
  void retry(TimePoint now);
  void reconfigure(states::Backup& backup, const InstanceConfig& before, Duration down_before,
                   TimePoint now);
  void reconfigure(states::Master& master, const InstanceConfig& before,
                   std::uint8_t priority_before, TimePoint now);

  // Its tracks: instance_tracks.cpp.
  void on(const TracksJudged& event, TimePoint now);
  void on(const GroupJudged& event, TimePoint now);
  void follow_tracks(TimePoint now);
  void obey_fault(TimePoint now);
  void recover_from_fault(TimePoint now);
  void update_priority(TimePoint now);
  void tell_priority(states::Master& master, TimePoint now);
  void reconsider(TimePoint now);
  [[nodiscard]] Duration fault_limit() const;
  [[nodiscard]] Reason fault_reason() const;

  template <typename S>
  [[nodiscard]] const S* in() const {
    return std::get_if<S>(&state_);
  }
  template <typename S>
  [[nodiscard]] S* in() {
    return std::get_if<S>(&state_);
  }
  /// Also of one that leaves: what the writer's answers and the kernel's refusals are about.
  [[nodiscard]] states::Master* master_or_leaving();
  /// The instance is in the state that `what` is a member of, and `what` is true.
  template <typename S, typename What>
  [[nodiscard]] bool has(What S::*what) const {
    const S* value = in<S>();
    return value != nullptr && std::invoke(what, *value);
  }

  InstanceConfig config_;
  bool is_grouped_ = false;
  std::optional<Reason> interface_problem_ = Reason::InterfaceMissing;
  Address source_;
  CurrentMaster master_;
  bool has_been_refused_ = false;  ///< has given up for it, and nobody was better off
  states::Any state_;
  InstanceStatus status_;  ///< but for what status() fills in
  Actions actions_;        ///< of the event at hand
  PeerTable peers_;
  OtherLists other_lists_;
  Following following_;
};

}  // namespace evenkeel::vrrp
