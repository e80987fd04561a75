// The addresses that each instance holds, and their leases: how they are installed, renewed and
// removed.
//
// The writer's thread alone calls it. It is the one owner of what it has written, and removes it.
// An address that two instances want is removed with the last of them. A reload may take an address
// from a Master and give it to another instance of this node: the address is kept, with a last
// lease, until the other instance has it or hears another Master. The kernel removes it at the end
// of that lease if neither happens.
//
// An instance may have 16,000 addresses, and there may be 1,000 instances: a request is only noted,
// and work() does a slice, a piece of each instance after another. Renewals of leases come before
// other work, with half of the time.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vrrp/address_task.h"
#include "vrrp/address_writer.h"
#include "vrrp/engine_messages.h"
#include "vrrp/link_monitor.h"

namespace evenkeel::vrrp {

class HeldAddresses {
 public:
  /// The holder of addresses that no instance has: one may be added for them.
  static constexpr RouterId kNobody = 0;
  struct NextHolder {
    RouterId id = kNobody;
    int interface_index = 0;
    bool is_backup = false;  ///< it has heard no Master, and may become one soon
    std::optional<Duration> lease = std::nullopt;  ///< of what is kept for it; nothing = for ever
  };
  /// The next holder of an address that the latest configuration takes from `holder`: an instance
  /// that has the address there and holds its addresses already, or may soon. An instance on the
  /// same interface goes before others.
  using FindNextHolder =
      std::function<std::optional<NextHolder>(RouterId holder, const AddressPlace& place)>;

  /// `links` is told of what was installed and removed, and outlives this. `complain`: of what the
  /// kernel refused, a sentence.
  HeldAddresses(AddressWriter kernel, LinkMonitor& links, FindNextHolder next_holder,
                std::function<void(const std::string&)> complain);

  [[nodiscard]] AddressWriter& kernel() { return kernel_; }
  [[nodiscard]] const AddressWriter& kernel() const { return kernel_; }

  // An instance's requests. A request replaces the rest of the one before.

  /// Installs all addresses of the instance, and removes those that it no longer has. `lease`:
  /// nothing = for ever; that of extra ones is longer where there are so many that their writing
  /// takes long (AddressTask::lease_at()); what is written is due again a third of its lease later.
  /// What the kernel refuses is complained of once.
  void install(RouterId holder, const InstanceConfig& config, int interface_index,
               std::optional<Duration> lease);
  /// The same for addresses that are held already. Those of another program are not read again.
  void renew(RouterId holder, const InstanceConfig& config, int interface_index,
             std::optional<Duration> lease);
  /// Begins the renewals that are due, also while other work waits. An address that has gone is
  /// left out: the engine is told of it elsewhere (have_been_lost()).
  void renew_due(RouterId holder, const InstanceConfig& config, const Interface& interface,
                 Duration lease, TimePoint now);
  /// Removes the instance's addresses and those of `config`, but not those that is_kept().
  void remove(RouterId holder, const InstanceConfig& config, int interface_index,
              const std::function<bool(const InterfaceAddress&)>& is_kept);
  /// Writes the remaining addresses a last time: the kernel removes them after kUnansweredLease.
  void abandon(RouterId holder, const InstanceConfig& config, int interface_index);
  /// The instance's interface has gone, with its addresses, or has another name.
  void leave_interface(RouterId holder);
  /// Removes addresses of ours that no instance has.
  void remove_leftovers(const std::vector<InstalledAddress>& leftovers);
  void forget(RouterId holder);
  /// Removes the addresses that are kept for this holder, but for those with a next holder still.
  /// kNobody: instances have been added.
  void let_go_of_moved(RouterId next_holder);
  /// The kernel has not removed an address that no instance holds.
  [[nodiscard]] bool has_unremoved() const { return !unremoved_.empty(); }
  void remove_again();

  /// Something of all that is to be done.
  [[nodiscard]] bool has_work() const { return !queue_.empty() || !renewals_.empty(); }
  /// With what was asked; renewals do not count.
  [[nodiscard]] bool is_busy(RouterId holder) const;
  /// The progress of an instance's task; kNobody: all that no instance has is removed.
  struct Progress {
    RouterId holder = 0;
    AddressTask::What what = AddressTask::What::Install;
    bool is_whole = true;  ///< false: its virtual addresses are there, extra ones are to follow
    Installed installed = Installed::All;
    bool was_refused = false;  ///< something, the time before
  };
  /// A few milliseconds of it: whoever calls again pauses in between, for the sake of others
  /// and of RLIMIT_RTTIME: this thread has real-time priority.
  [[nodiscard]] std::vector<Progress> work();

  /// The addresses were installed, and neither removed nor abandoned since.
  [[nodiscard]] bool are_held(RouterId holder) const;
  /// The kernel refused one of them the last time.
  [[nodiscard]] bool has_refused(RouterId holder) const;
  /// All that was written on this interface.
  [[nodiscard]] bool are_there(RouterId holder, const Interface& interface) const;
  /// Of what was written on this interface some is no longer there; it is not taken for ours any
  /// more. What a reload has added and nobody has written yet is not missed.
  [[nodiscard]] bool have_been_lost(RouterId holder, const Interface& interface);

  /// The earliest of all that are held; nothing = none is.
  [[nodiscard]] std::optional<TimePoint> next_refresh() const;
  [[nodiscard]] bool is_due(RouterId holder, TimePoint now) const;
  /// Puts off the renewals that are due before `until`.
  void postpone(RouterId holder, TimePoint until);

 private:
  /// Addresses that are renewed together. Virtual ones, which are advertised, keep the short lease,
  /// however many extra ones there are.
  enum class Lot : std::uint8_t { Virtual, Extra };
  static constexpr std::array kLots = {Lot::Virtual, Lot::Extra};
  struct Lease {
    TimePoint due = TimePoint::max();
    std::optional<AddressTask> renewal;
  };
  struct Holder {
    std::string name;
    bool is_held = false;
    std::set<AddressPlace> written;
    std::set<InterfaceAddress> refused;
    std::array<Lease, kLots.size()> leases;
    Duration took{};  ///< the writing of all extra ones, the last time
    std::optional<AddressTask> task;

    [[nodiscard]] Lease& lease(Lot lot) { return leases[static_cast<std::size_t>(lot)]; }
  };

  void begin(RouterId id, Holder& holder, AddressTask task);
  void write(RouterId id, AddressTask::What what, const InstanceConfig& config, int interface_index,
             std::optional<Duration> lease);
  [[nodiscard]] AddressTask renewal(const Holder& holder, Lot lot, const InstanceConfig& config,
                                    const Interface& interface, Duration lease) const;
  static void end_leases(Holder& holder);

  // The work: held_addresses_work.cpp.
  void advance_renewal(std::vector<Progress>& progress);
  /// A piece of its task. False: there is more to do.
  [[nodiscard]] bool advance(RouterId id, Holder& holder, std::vector<Progress>& progress);
  void remove_piece(RouterId id, Holder& holder);
  /// The next holder that an address of `id` waits for. Nothing: there is none, or it has the
  /// address already. `is_master`: `id` is Master.
  [[nodiscard]] std::optional<NextHolder> awaited(RouterId id, bool is_master,
                                                  const AddressPlace& place) const;
  /// An address that waits for its next holder.
  struct Kept {
    AddressPlace place;
    RouterId by = kNobody;
  };
  /// For the last time, with a lease that lasts until the other has written it.
  void keep(const Kept& kept, const NextHolder& next);
  /// The holder is no longer Master: addresses that it keeps for a Backup may have another Master.
  void let_go_of_kept_by(RouterId holder);
  /// Removes them, but for those with a next holder still.
  void let_go(const std::vector<Kept>& all, bool is_master);
  void remove_of_nobody(const std::vector<AddressPlace>& places);
  void install_piece(RouterId id, Holder& holder, AddressTask& task);
  static void begin_lease(Holder& holder, Lot lot, const AddressTask& task, TimePoint due);
  /// Somebody else's, as the links have it: to ask the kernel would make it read all addresses.
  /// Ours is taken up.
  [[nodiscard]] bool is_anothers(const Interface* interface, const InterfaceAddress& address);
  void note(RouterId id, Holder& holder, AddressTask& task, const InterfaceAddress& address,
            const std::error_code& error);
  void finish(RouterId id, Holder& holder, std::vector<Progress>& progress);
  void complain_of(const Holder& holder, const AddressTask& task);
  static void note_time(Holder& holder, const AddressTask& task);
  /// Another instance holds it too: then that one's lease is due, so that ours is not the last.
  [[nodiscard]] bool is_left_to_another(RouterId id, const AddressPlace& place);
  /// The address is there, with our mark, by the table of the interface: the kernel is not asked.
  [[nodiscard]] bool is_ours(const AddressPlace& place);
  void forget_written(RouterId id, Holder& holder, const AddressPlace& place);

  AddressWriter kernel_;
  LinkMonitor& links_;
  FindNextHolder next_holder_;
  std::function<void(const std::string&)> complain_;
  std::map<RouterId, Holder> holders_;
  std::map<AddressPlace, std::set<RouterId>> writers_;  ///< of all that is written
  /// Kept until this instance has the address, or one that is still to come (kNobody).
  std::multimap<RouterId, Kept> moving_;
  std::set<AddressPlace> unremoved_;  ///< as the kernel refused it; it has been complained of
  std::deque<RouterId> queue_;        ///< who has a task, each once
  std::deque<std::pair<RouterId, Lot>> renewals_;
  std::size_t renewed_ = 0;  ///< addresses, since the last piece of other work
};

}  // namespace evenkeel::vrrp
