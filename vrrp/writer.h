// The other thread of the vrrp process: everything that may block. It opens sockets, watches the
// links, puts addresses on interfaces and keeps their leases, and speaks with the engine by two
// queues.
//
// Every function is called from one thread, which polls the two descriptors. Nothing here decides
// who is Master.
//
// There may be 1,000 instances and 16,000 addresses, and the leases of all must be renewed in time
// whatever else there is to do: nothing here takes more than linear time (or a logarithm more), the
// addresses are written in slices (held_addresses.h), and every loop over the instances that makes
// system calls has a pause_if_due().
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "vrrp/config_index.h"
#include "vrrp/engine.h"
#include "vrrp/failover.h"
#include "vrrp/held_addresses.h"
#include "vrrp/instance_plan.h"
#include "vrrp/link_monitor.h"
#include "vrrp/predecessor.h"
#include "vrrp/replacements.h"
#include "vrrp/socket_pool.h"
#include "vrrp/status_notes.h"
#include "vrrp/track_board.h"

namespace evenkeel::vrrp {

class Writer {
 public:
  /// A handler may be empty; none may destroy the writer.
  struct Hooks {
    std::function<void(const InstanceStatus&)> on_status;
    std::function<void(const Note&)> on_note;
    std::function<void(std::uint64_t sequence)> on_echo;
    std::function<void(const std::string& instance, FailoverOutcome)> on_failover;
    std::function<void()> on_left;  ///< after leave(): nothing is left to wait for
  };

  /// `page` may be nullptr. `is_real_time`: the engine's thread has real-time priority and locked
  /// memory; without it no instance with an interval under 100 ms becomes Master. All three outlive
  /// the writer. The error is a whole sentence.
  [[nodiscard]] static tl::expected<std::unique_ptr<Writer>, std::string> open(Engine& engine,
                                                                               SharedPage* page,
                                                                               bool is_real_time,
                                                                               Hooks hooks);

  /// Compares the configuration with the one before, instance by instance: an unchanged instance
  /// goes on. The first call resumes the instances that the process before left, and hands them
  /// over to a peer at once if this process may not stay Master; addresses of ours that no instance
  /// takes up are removed before the first timer is armed.
  void configure(const Config& config, bool may_stay);
  /// Why instances of the configuration are in Initialize, in its order: "instance web: interface
  /// is missing". Also for an instance that still waits for the one before it to leave (its
  /// interface has changed, say).
  [[nodiscard]] std::vector<std::string> problems() const;
  /// Main's results. Those of tracks that nobody follows change nothing; those for instances that
  /// are still to be added are kept.
  void set_tracks(const std::vector<NamedTrackResult>& results);
  /// The first round of checks is over: instances may preempt.
  void set_ready();
  /// Names, with those of all members of their sync groups; empty = every Master.
  struct Failover {
    std::map<std::string, FailoverOutcome> known;  ///< there was nothing to hand over
    std::set<std::string> awaited;                 ///< on_failover comes for each
  };
  [[nodiscard]] Failover failover(const std::vector<std::string>& names);
  /// Lets the instances preempt again; empty = all.
  void resume(const std::vector<std::string>& names);
  /// Every instance leaves as planned; then on_left.
  void leave();
  /// on_echo with the next tick of the engine.
  void ping(std::uint64_t sequence);

  [[nodiscard]] int links_fd() const { return links_.fd(); }
  void receive_links();
  [[nodiscard]] int notices_fd() const { return engine_.notices_fd(); }
  void receive_notices();
  /// When refresh() is due: a lease is to be renewed, something to be tried again, or a slice of
  /// the addresses to be written.
  [[nodiscard]] std::optional<TimePoint> next_refresh() const;
  void refresh(TimePoint now);

 private:
  /// The writer's data of one instance.
  struct Managed {
    RouterId id = 0;
    InstanceConfig config;
    std::vector<Address> addresses;  ///< all of them, sorted
    std::string group;               ///< "" = none
    std::vector<TrackConfig> group_tracks;
    Phase phase = Phase::Runs;  ///< HasLeft and HasGone are never stored: phase_of()
    std::optional<Reason> problem = Reason::NotStarted;
    Address source;
    int interface_index = 0;
    std::uint64_t incarnation = 0;       ///< of the interface
    int link_index = 0;                  ///< of what it advertises over: the interface, as a rule
    std::uint64_t link_incarnation = 0;  ///< likewise
    std::shared_ptr<Sockets> sockets;
    SetLink posted;  ///< what the engine was told last
    InstanceStatus status;
    bool has_reported = false;              ///< since it was added, or asked to leave
    std::optional<FailoverWatch> failover;  ///< asked for, not yet answered
  };
  /// In the order in which they came.
  using Routers = std::map<RouterId, std::unique_ptr<Managed>>;

  Writer(Engine& engine, SharedPage* page, bool is_real_time, Hooks hooks, AddressWriter addresses,
         LinkMonitor links, std::shared_ptr<std::map<std::string, bool>> changed_links);

  // What a new configuration makes of the instances (instance_plan.h).
  [[nodiscard]] Phase phase_of(const Managed& managed) const;
  /// Instances that wait are listed if asked for, or if one has gone: the listing takes time.
  [[nodiscard]] std::vector<PresentInstance> present(bool with_waiting) const;
  [[nodiscard]] bool waits(RouterId id) const { return !managed_.contains(id); }
  void change(Managed& managed, const InstanceStep& step);
  /// `is_new`: the configuration is new. False: instances may have left, or addresses have been
  /// removed.
  void go_on(bool is_new = false);
  void clear(const std::vector<InstanceStep>& steps);
  void forget(const Managed& managed);
  void add(const InstanceStep& step);
  void start();
  void send_groups();
  void ask_to_leave(Managed& managed);
  void finish_stop();
  [[nodiscard]] Managed* find(RouterId id) const;

  // Tracks: writer_tracks.cpp.
  void judge(const std::vector<NamedTrackResult>& results);
  void judge_interfaces();
  void send_gateways();
  void open_gateway_socket(GatewayTarget& target);
  [[nodiscard]] const std::vector<TrackConfig>& tracks_of_group(const std::string& name) const;
  void tell_configuration(const Managed& managed);
  void follow_groups();
  void update_followers();

  // What the process before us has left.
  [[nodiscard]] std::optional<PageRecord> record_of(const InstanceConfig& config) const;
  void adopt(const Managed& managed, const std::optional<Replacement>& replacement);
  [[nodiscard]] StartMode start_mode(const Managed& managed,
                                     const std::optional<Replacement>& replacement,
                                     const PreviousRun& previous) const;
  void sort_leftovers();

  // Interfaces and their addresses: writer_links.cpp.
  void look_at_links();
  void send_host_macs();
  void look_at(Managed& managed);
  [[nodiscard]] std::optional<Reason> problem_of(const Managed& managed, const Interface* interface,
                                                 const Interface* link, Address& source) const;
  void follow_link(Managed& managed, const Interface* interface, const Interface* link);
  [[nodiscard]] std::shared_ptr<Sockets> sockets_for(const Managed& managed);
  void update_filters();
  void look_for_losses(Managed& managed);
  void on(StatusChanged& notice);
  void on(const CannotWait& notice);
  /// `status`, as the engine tells it, is completed by what the writer alone knows.
  void report(Managed& managed, InstanceStatus status);
  void report_if_changed(Managed& managed);
  void complete(const Managed& managed, InstanceStatus& status) const;
  [[nodiscard]] const InstalledAddress* foreign_address(const Managed& managed) const;
  [[nodiscard]] std::string kernel_name(const Managed& managed) const;

  // The addresses and their leases: writer_addresses.cpp.
  void on(const WantAddresses& notice);
  [[nodiscard]] std::optional<HeldAddresses::NextHolder> next_holder(
      RouterId holder, const AddressPlace& place) const;
  /// Where this instance may have an address of `holder` next; nothing: it may not.
  [[nodiscard]] std::optional<HeldAddresses::NextHolder> as_next_holder(
      const WantedInstance& wanted, RouterId holder) const;
  [[nodiscard]] Duration slowest_leave() const;
  [[nodiscard]] static bool may_become_master(const Managed& managed);
  bool renew(Managed& managed);
  void renew_what_is_due(TimePoint now);
  void remove(const Managed& managed);
  void write_a_slice();
  void note_progress(Managed& managed, const HeldAddresses::Progress& progress);
  void try_again(TimePoint now);
  void close_some(TimePoint now);
  /// Called within long work: renews leases, gives other threads the CPU, and RLIMIT_RTTIME begins
  /// anew.
  void pause_if_due();
  /// Its last tick is so long ago that it holds no lease any more.
  [[nodiscard]] bool is_engine_dead(TimePoint now) const;
  [[nodiscard]] std::optional<Duration> lease_of(const Managed& managed) const;

  void tell(RouterId id, Event event);
  /// Sent by the next flush(), at the end of the public function that was called.
  void post(Request request) { outbox_.push_back(std::move(request)); }
  void flush();
  void note(Severity severity, const std::string& text);

  /// The latest configuration.
  struct Latest {
    std::shared_ptr<const Config> config = std::make_shared<const Config>();
    ConfigIndex index{};                                     ///< of `config`
    std::map<std::string, const SyncGroupConfig*> groups{};  ///< likewise, by name
    std::vector<Address> addresses{};                        ///< virtual_addresses()
    Duration slowest_leave{};                                ///< of those that it makes leave
    bool is_first = true;
    bool may_stay = true;
  };
  /// After which what was refused, or could not be read, is tried again.
  static constexpr Duration kRetry = std::chrono::seconds(5);
  /// When this thread goes on with what.
  struct Schedule {
    TimePoint write{};                 ///< the next slice
    TimePoint close{};                 ///< the next sockets
    std::optional<TimePoint> retry{};  ///< what was refused, or could not be read
    TimePoint paused{};                ///< the last time
  };
  /// What the engine was told last.
  struct Posted {
    std::vector<MacAddress> macs;
    std::vector<GatewayTarget> gateways;
    std::array<std::shared_ptr<NeighbourSocket>, 2> gateway_sockets;  ///< IPv4, IPv6
  };
  enum class Stop : std::uint8_t { None, Leaving, Left };

  Engine& engine_;
  SharedPage* page_;
  bool is_real_time_;
  Hooks hooks_;
  LinkMonitor links_;
  /// The monitor fills it: names, and whether an address has gone.
  std::shared_ptr<std::map<std::string, bool>> changed_links_;
  std::vector<Request> outbox_;
  Posted posted_;

  Latest latest_;
  Routers managed_;
  RouterId next_id_ = 1;
  Replacements replacements_;
  TrackBoard tracks_;
  HeldAddresses addresses_;
  SocketPool sockets_;
  std::string leftovers_;  ///< of a process before us, as long as they are being removed
  Schedule schedule_;
  Stop stop_ = Stop::None;
  bool is_ready_ = false;
  bool is_polling_ = false;  ///< InstanceStatus has it
};

}  // namespace evenkeel::vrrp
