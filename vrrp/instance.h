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

#include <optional>

#include "vrrp/announcement_timer.h"
#include "vrrp/config.h"
#include "vrrp/instance_events.h"
#include "vrrp/other_lists.h"
#include "vrrp/peer_table.h"
#include "vrrp/status.h"
#include "vrrp/storm_guard.h"
#include "vrrp/timers.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

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
