// Which addresses each instance holds, and their leases: put on an interface, refreshed, taken
// away.
//
// On the writer's thread. One owner per fact: what is written here is ours to remove, and nobody
// else removes it. An address that two instances want (a reload moves it) goes with the last of
// them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "vrrp/address_writer.h"
#include "vrrp/engine.h"
#include "vrrp/link_monitor.h"

namespace evenkeel::vrrp {

class HeldAddresses {
 public:
  /// `links` is told of what was installed, and outlives this. `complain`: of what the kernel
  /// refused, a sentence.
  HeldAddresses(AddressWriter kernel, LinkMonitor& links,
                std::function<void(const std::string&)> complain);

  [[nodiscard]] AddressWriter& kernel() { return kernel_; }
  [[nodiscard]] const AddressWriter& kernel() const { return kernel_; }

  /// All addresses of the instance, and none that it had before and has no more. `lease`: nothing =
  /// for ever; else it is due again a third of it from `now`. What the kernel refuses is complained
  /// of once.
  [[nodiscard]] Installed install(RouterId holder, const InstanceConfig& config,
                                  int interface_index, std::optional<Duration> lease,
                                  TimePoint now);
  /// Those of `config` too, whoever put them there, but not those in `kept`.
  void remove(RouterId holder, const InstanceConfig& config, int interface_index,
              const std::set<InterfaceAddress>& kept);
  /// For the last time: they end by themselves in kUnansweredLease.
  void abandon(RouterId holder, const InstanceConfig& config, int interface_index, TimePoint now);
  /// It has gone, as a rule, and with it what was there; or it has another name.
  void leave_interface(RouterId holder);
  void forget(RouterId holder) { holders_.erase(holder); }

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
  void postpone(RouterId holder, TimePoint until);

 private:
  struct Holder {
    bool is_held = false;
    std::set<std::pair<int, InterfaceAddress>> written;  ///< interface index, address
    std::set<InterfaceAddress> refused;
    TimePoint refresh_at{};
  };

  [[nodiscard]] Installed write(Holder& holder, const InstanceConfig& config, int interface_index,
                                std::optional<Duration> lease, TimePoint now);
  /// Another instance holds it too: then that one's lease is due, so that ours is not the last.
  [[nodiscard]] bool is_left_to_another(const Holder& holder, int interface_index,
                                        const InterfaceAddress& address);

  AddressWriter kernel_;
  LinkMonitor& links_;
  std::function<void(const std::string&)> complain_;
  std::map<RouterId, Holder> holders_;
};

}  // namespace evenkeel::vrrp
