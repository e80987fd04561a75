// The hooks of the configuration: programs that main runs when a state has changed.
//
// Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace evenkeel::daemon {

/// A file to execute, by its absolute path, and its arguments.
using Arguments = std::vector<std::string>;

constexpr std::size_t kMaxCommands = 16;  ///< of a key

/// Of an instance or a sync group. Without an own user or timeout those of [global] are filled in.
struct VrrpHooks {
  std::vector<Arguments> on_master, on_backup, on_fault, on_stop, on_change;
  std::string user;  ///< a name, or a number that has one
  std::chrono::steady_clock::duration timeout{};

  friend bool operator==(const VrrpHooks&, const VrrpHooks&) = default;
};

/// Of a virtual service and its real servers. Likewise.
struct ServiceHooks {
  std::vector<Arguments> on_up, on_down, on_quorum, on_quorum_lost;
  std::string user;
  std::chrono::steady_clock::duration timeout{};

  friend bool operator==(const ServiceHooks&, const ServiceHooks&) = default;
};

}  // namespace evenkeel::daemon
