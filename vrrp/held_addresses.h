// Which addresses each instance holds, and their leases: put on an interface, refreshed, taken
// away.
//
// On the writer's thread. One owner per fact: what is written here is ours to remove, and nobody
// else removes it. An address that two instances want goes with the last of them. One that a reload
// takes from a Master and gives to another instance of this node goes when that one has it, or has
// heard somebody else who is Master: until then it is kept, with a last lease that ends by itself
// where neither comes.
//
// An instance may have 16,000 addresses, and there may be 1,000 instances: what is asked is only
// noted, and work() does a slice of it, some of each instance in turn. Leases are renewed whatever
// else is asked: they have the first half of the time.
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
#include "vrrp/engine.h"
#include "vrrp/link_monitor.h"

namespace evenkeel::vrrp {

class HeldAddresses {
 public:
  /// Not an instance, but one that is still to come.
  static constexpr RouterId kNobody = 0;
  struct NextHolder {
    RouterId id = kNobody;
    int interface_index = 0;
    bool is_backup = false;  ///< it may become Master soon: there is none that it knows of
    std::optional<Duration> lease = std::nullopt;  ///< of what is kept for it; nothing = for ever
  };
  /// Where the latest configuration takes this address from `holder`: another instance that has it
  /// there and holds its addresses, be it that nobody has asked yet to write it; or may soon. One
  /// on the same interface goes before others.
  using FindNextHolder =
      std::function<std::optional<NextHolder>(RouterId holder, const AddressPlace& place)>;

  /// `links` is told of what was installed and removed, and outlives this. `complain`: of what the
  /// kernel refused, a sentence.
  HeldAddresses(AddressWriter kernel, LinkMonitor& links, FindNextHolder next_holder,
                std::function<void(const std::string&)> complain);

  [[nodiscard]] AddressWriter& kernel() { return kernel_; }
  [[nodiscard]] const AddressWriter& kernel() const { return kernel_; }

  // What an instance wants. It takes the place of what is not done yet of what it wanted before.

  /// All addresses of the instance, and none that it had before and has no more. `lease`: nothing =
  /// for ever; that of extra ones is longer where there are so many that their writing takes long
  /// (AddressTask::lease_at()); what is written is due again a third of its lease later. What the
  /// kernel refuses is complained of once.
  void install(RouterId holder, const InstanceConfig& config, int interface_index,
               std::optional<Duration> lease);
  /// The same for what is held already: what somebody else has put there is not looked at again.
  void renew(RouterId holder, const InstanceConfig& config, int interface_index,
             std::optional<Duration> lease);
  /// Of what is held and written, that of which the lease is due; also while other things are asked
  /// and not done. What has gone is the engine's to know, and keeps nothing else from its lease.
  void renew_due(RouterId holder, const InstanceConfig& config, const Interface& interface,
                 Duration lease, TimePoint now);
  /// Those of `config` too, whoever of ours put them there, but not those that is_kept().
  void remove(RouterId holder, const InstanceConfig& config, int interface_index,
              const std::function<bool(const InterfaceAddress&)>& is_kept);
  /// What is still there, for the last time: it ends by itself in kUnansweredLease.
  void abandon(RouterId holder, const InstanceConfig& config, int interface_index);
  /// It has gone, as a rule, and with it what was there; or it has another name.
  void leave_interface(RouterId holder);
  /// Ours, of nobody who is here.
  void remove_leftovers(const std::vector<InstalledAddress>& leftovers);
  void forget(RouterId holder);
  /// What is kept for this one goes, unless it is still awaited, or another is.
  /// kNobody: some who were still to come have come.
  void let_go_of_moved(RouterId next_holder);
  /// The kernel has not removed something, and nobody holds it.
  [[nodiscard]] bool has_unremoved() const { return !unremoved_.empty(); }
  void remove_again();

  /// Something of all that is to be done.
  [[nodiscard]] bool has_work() const { return !queue_.empty() || !renewals_.empty(); }
  /// With what was asked; renewals do not count.
  [[nodiscard]] bool is_busy(RouterId holder) const;
  /// What has been done for an instance; kNobody: nothing is left of what nobody has.
  struct Progress {
    RouterId holder = 0;
    AddressTask::What what = AddressTask::What::Install;
    bool is_whole = true;  ///< false: its virtual addresses are there, extra ones are to follow
    Installed installed = Installed::All;
    bool was_refused = false;  ///< something, the time before
  };
  /// A few milliseconds of it: whoever calls again takes a rest in between, for the sake of others
  /// and of RLIMIT_RTTIME: this thread has real-time priority.
  [[nodiscard]] std::vector<Progress> work();

  /// Installed, and neither removed nor abandoned since.
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
  /// What is due now, and what is due before.
  void postpone(RouterId holder, TimePoint until);

 private:
  /// What is renewed together: those that are advertised have the short lease whatever else there
  /// is.
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
  /// Who is about to write it, or may be soon: it waits with this one's until then. `is_master`:
  /// who has it is.
  [[nodiscard]] std::optional<NextHolder> awaited(RouterId id, bool is_master,
                                                  const AddressPlace& place) const;
  /// On its way to another instance.
  struct Kept {
    AddressPlace place;
    RouterId by = kNobody;
  };
  /// For the last time, with a lease that lasts until the other has written it.
  void keep(const Kept& kept, const NextHolder& next);
  /// Its Mastership is over: what it keeps for a Backup may be somebody else's by now.
  void let_go_of_kept_by(RouterId holder);
  /// But for those that are awaited all the same.
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
  /// It is there by our hand, and nobody else's has come in its place: the kernel need not be
  /// asked.
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
  std::size_t renewed_ = 0;  ///< addresses, since something else had its turn
};

}  // namespace evenkeel::vrrp
