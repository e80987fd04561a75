// States of instances and sync groups for hooks, made from the reports of the vrrp process.
//
// Pure. Of several changes between two reports the last one is seen. A Master that was Backup
// meanwhile is told once more: its peer has told its own hooks that it is Master, and what these
// have moved has to come back. The counters of the reports show it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/hooks/told_event.h"
#include "vrrp/config.h"
#include "vrrp/status.h"

namespace evenkeel::daemon {

/// The key of the state that hooks are told. Nothing: it has not started, or has left as planned.
[[nodiscard]] std::optional<HookKey> hook_key_of(const vrrp::InstanceStatus& status);

class ElectionStates {
 public:
  /// An instance that lives somewhere else from now on is a new one.
  void configure(const vrrp::Config& config);

  /// Events of the instance and of its group that a report makes.
  [[nodiscard]] std::vector<ToldEvent> report(const vrrp::InstanceStatus& status);
  /// The vrrp process has died: what its successor says is told in any case.
  void vrrp_died();
  /// The present states once more.
  [[nodiscard]] std::vector<ToldEvent> again(const std::string& reason) const;
  /// Each instance and group stops. Later reports are not told.
  [[nodiscard]] std::vector<ToldEvent> stopped();

 private:
  /// The state that was told last.
  struct Told {
    HookKey key = HookKey::OnMaster;
    std::string reason;
    std::uint64_t became_master = 0;
    std::uint64_t left_master = 0;

    [[nodiscard]] bool is_as(const Told& other) const;
  };
  struct Instance {
    vrrp::RouterKey key;
    std::string addresses;
    std::string group;                           ///< "" = none
    std::optional<vrrp::InstanceStatus> status;  ///< reported by the present process
    std::optional<Told> told;
    bool is_due = false;  ///< its next state is told in any case
  };
  struct Group {
    std::vector<std::string> members;
    std::string addresses;
    std::optional<Told> told;
    bool is_due = false;
  };

  [[nodiscard]] std::optional<Told> state_of(const Group& group,
                                             const vrrp::InstanceStatus& reported) const;
  [[nodiscard]] bool is_in(const Instance& instance, HookKey key) const;
  [[nodiscard]] bool is_in(const Group& group, HookKey key) const;
  [[nodiscard]] static ToldEvent event_of(const std::string& name, const Instance& instance,
                                          const Told& state);
  [[nodiscard]] static ToldEvent event_of(const std::string& name, const Group& group,
                                          const Told& state);

  std::map<std::string, Instance> instances_;
  std::map<std::string, Group> groups_;
  bool has_stopped_ = false;
};

}  // namespace evenkeel::daemon
