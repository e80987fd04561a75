// A control group for each program that runs: what is in it can be killed as a whole, whatever it
// has done to its session and its parents (cgroup.kill, Linux 5.14).
//
// The service manager delegates a control group to us (systemd: Delegate=yes) and says so by an
// attribute of its directory. Without a delegation our control group is left as it is.
//
//   UNIT/spawner         the spawner's user's, so that it may move its children
//   UNIT/spawner/self    the spawner
//   UNIT/spawner/run-N   a program; used again when it is empty
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {

class ControlGroups {
 public:
  /// As root or the delegated group's owner; CAP_CHOWN does. Moves us. Nothing: none is delegated
  /// to us; else what could not be done, as a text. `owner`: who we shall be.
  [[nodiscard]] static tl::expected<std::optional<ControlGroups>, std::string> set_up(uid_t owner);
  /// Likewise below the directory of a control group that is ours.
  [[nodiscard]] static tl::expected<ControlGroups, std::string> set_up_below(
      const std::string& directory, uid_t owner);

  /// As `owner`: kills what programs of an earlier spawner have left in their groups.
  void kill_all() const;

  /// An empty group, to be given back; nothing: none could be had.
  [[nodiscard]] std::optional<std::size_t> take();
  /// cgroup.procs, open for writing: a process that writes 0 moves itself.
  [[nodiscard]] int entrance_of(std::size_t group) const;
  void kill(std::size_t group) const;
  /// The group may have dying processes in it still.
  void give_back(std::size_t group) { groups_[group].is_taken = false; }

 private:
  struct Group {
    UniqueFd entrance, kill, events;
    bool is_taken = false;
  };
  explicit ControlGroups(std::string directory) : directory_(std::move(directory)) {}
  [[nodiscard]] std::optional<Group> make(std::size_t number) const;

  std::string directory_;
  std::vector<Group> groups_;
};

}  // namespace evenkeel::daemon
