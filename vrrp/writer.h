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
// system calls breathes().
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "vrrp/config_index.h"
#include "vrrp/engine.h"
#include "vrrp/failover.h"
#include "vrrp/held_addresses.h"
#include "vrrp/link_monitor.h"
#include "vrrp/predecessor.h"
#include "vrrp/socket_pool.h"
#include "vrrp/status_notes.h"

namespace evenkeel::vrrp {

class Writer {
 public:
  /// May be empty; none may destroy the writer.
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

  /// Compared with the configuration before, instance by instance: what is the same goes on. The
  /// first time what the process before us left is taken up again, and handed over to a peer at
  /// once if we may not stay Master; addresses of ours that nobody takes up are removed before the
  /// first timer is armed.
  void configure(const Config& config, bool may_stay);
  /// What keeps instances of the configuration in Initialize, in its order: "instance web:
  /// interface is missing". Also of one that still waits for the instance before it to leave (it
  /// has moved to another interface, say).
  [[nodiscard]] std::vector<std::string> problems() const;
  /// The first round of checks is over: instances may preempt.
  void set_ready();
  /// Names, with those of all members of their sync groups; empty = every Master.
  struct Failover {
    std::map<std::string, FailoverOutcome> known;  ///< there was nothing to hand over
    std::set<std::string> awaited;                 ///< on_failover comes for each
  };
  [[nodiscard]] Failover failover(const std::vector<std::string>& names);
  /// They preempt again; empty = all.
  void resume(const std::vector<std::string>& names);
  /// Every instance leaves as planned; then on_left.
  void leave();
  /// on_echo once the engine has turned.
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
  /// One instance as this thread has it.
  struct Managed {
    RouterId id = 0;
    InstanceConfig config;
    std::vector<Address> addresses;  ///< all of them, sorted
    std::string group;               ///< "" = none
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
    bool is_departing = false;              ///< has been asked to leave for good
    bool is_clearing = false;               ///< has left: its addresses are being removed
    std::optional<FailoverWatch> failover;  ///< asked for, not yet answered
  };
  /// Who shares a receive socket: link, family, unicast source.
  using ListeningPlace = std::tuple<std::string, Family, std::optional<Address>>;
  /// In the order in which they came.
  using Routers = std::map<RouterId, std::unique_ptr<Managed>>;

  Writer(Engine& engine, SharedPage* page, bool is_real_time, Hooks hooks, AddressWriter addresses,
         LinkMonitor links, std::shared_ptr<std::map<std::string, bool>> changed_links);

  void admit();
  void add_all();
  void start();
  /// Who is on his way out: what is still to be removed or reported under his name.
  struct Leavers {
    std::set<std::string> names;
    std::set<InterfaceAddress> addresses;
    std::set<std::pair<ListeningPlace, std::uint8_t>> ids;  ///< virtual router IDs
  };
  [[nodiscard]] Leavers leavers() const;
  void add(const InstanceConfig& config);
  void reconfigure(Managed& managed, const InstanceConfig& config);
  [[nodiscard]] static ListeningPlace listening_place(const InstanceConfig& config);
  void send_groups();
  void adopt(const Managed& managed);
  [[nodiscard]] StartMode start_mode(const Managed& managed, const PreviousRun& previous);
  [[nodiscard]] std::optional<PageRecord> record_of(const InstanceConfig& config) const;
  void sort_leftovers();
  void depart(Managed& managed);
  void finish_departures();
  [[nodiscard]] static bool has_gone(const Managed& managed);
  [[nodiscard]] std::vector<Managed*> going() const;
  void bury(const Managed& managed);
  [[nodiscard]] Managed* find(RouterId id);

  // Heirs: writer_heirs.cpp.
  /// Of an instance that a reload has replaced, by name, until it is added.
  struct Heir {
    bool is_held = false;
    bool has_addresses = false;  ///< takes them up: they were left unanswered
  };
  void leave_to_heir(const Managed& managed);
  void let_inherit(const InstanceConfig& config);
  [[nodiscard]] std::optional<Heir> take_heir(const InstanceConfig& config);
  void forget_lost_heirs();

  // What happens on the interfaces: writer_links.cpp.
  void look_at_links();
  void send_host_macs();
  void look_at(Managed& managed);
  [[nodiscard]] std::optional<Reason> problem_of(const Managed& managed, const Interface* interface,
                                                 const Interface* link, Address& source) const;
  void follow_link(Managed& managed, const Interface* interface, const Interface* link);
  [[nodiscard]] std::shared_ptr<Sockets> sockets_for(const Managed& managed);
  [[nodiscard]] std::vector<std::uint8_t> ids_of(const Delivery& delivery) const;
  void update_filters();
  void look_for_losses(Managed& managed);
  void on(StatusChanged& notice);
  void on(const CannotWait& notice);
  void report(Managed& managed, InstanceStatus status);
  void report_if_changed(Managed& managed);
  [[nodiscard]] const InstalledAddress* foreign_address(const Managed& managed) const;
  [[nodiscard]] std::string kernel_name(const Managed& managed) const;

  // The addresses and their leases: writer_addresses.cpp.
  void on(const WantAddresses& notice);
  [[nodiscard]] std::optional<HeldAddresses::NextHolder> next_holder(
      RouterId holder, const AddressPlace& place) const;
  /// Where this instance may have the address, that is there by `holder`'s hand.
  [[nodiscard]] std::optional<HeldAddresses::NextHolder> as_next_holder(
      const InstanceConfig& config, RouterId holder) const;
  [[nodiscard]] Duration slowest_leave() const;
  [[nodiscard]] static bool may_become_master(const Managed& managed);
  bool renew(Managed& managed);
  void renew_what_is_due(TimePoint now);
  void remove(const Managed& managed);
  void write_a_slice();
  void note_progress(Managed& managed, const HeldAddresses::Progress& progress);
  void try_again(TimePoint now);
  void close_some(TimePoint now);
  /// In the middle of what takes its time: leases are renewed, others get their turn, and
  /// RLIMIT_RTTIME begins anew.
  void breathe();
  /// Its last tick is so long ago that it holds no lease any more.
  [[nodiscard]] bool is_engine_dead(TimePoint now) const;
  [[nodiscard]] std::optional<Duration> lease_of(const Managed& managed) const;

  void tell(RouterId id, Event event);
  /// With the next flush(), at the end of whatever was called.
  void post(Request request) { outbox_.push_back(std::move(request)); }
  void flush();
  void note(Severity severity, const std::string& text);

  Engine& engine_;
  SharedPage* page_;
  bool is_real_time_;
  Hooks hooks_;
  LinkMonitor links_;
  /// Filled by the monitor: names, and whether an address has gone.
  std::shared_ptr<std::map<std::string, bool>> changed_links_;
  std::vector<Request> outbox_;

  std::shared_ptr<const Config> config_ = std::make_shared<const Config>();
  ConfigIndex index_;  ///< of config_
  Routers managed_;
  std::map<RouterKey, RouterId> ids_by_key_;
  std::map<ListeningPlace, std::set<std::uint8_t>> listeners_;  ///< virtual router IDs
  std::vector<MacAddress> posted_macs_;                         ///< what the engine was told last
  HeldAddresses addresses_;
  SocketPool sockets_;
  Duration slowest_leave_{};  ///< of those that the latest configuration makes leave
  std::map<std::string, Heir> heirs_;
  std::set<std::pair<std::string, InterfaceAddress>> inherited_;  ///< interface, address
  std::string leftovers_;  ///< of a process before us, as long as they are being removed
  TimePoint write_at_{};   ///< the next slice
  TimePoint breathed_{};
  std::deque<std::shared_ptr<Sockets>> closing_;  ///< released by the engine
  TimePoint close_at_{};                          ///< the next of them
  std::optional<TimePoint> retry_at_;  ///< sockets that were refused, links that could not be read
  RouterId next_id_ = 1;
  bool is_first_ = true;
  bool may_stay_ = true;
  bool is_ready_ = false;
  bool is_polling_ = false;  ///< InstanceStatus has it
  bool is_leaving_ = false;
  bool has_left_ = false;
};

}  // namespace evenkeel::vrrp
