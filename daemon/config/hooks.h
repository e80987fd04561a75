// The hooks of the configuration: programs that main runs when a state has changed.
//
// Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace evenkeel::daemon {

/// A file to execute, by its absolute path, and its arguments.
using Arguments = std::vector<std::string>;

constexpr std::size_t kMaxCommands = 16;  ///< of a key
constexpr std::size_t kMaxUnits = 16;     ///< of an instance or a sync group

/// The program that starts units, stops them and shows their state.
constexpr const char* kSystemctl = "/usr/bin/systemctl";
constexpr std::size_t kProgramsOfUnit = 3;         ///< to look, to start, to stop
constexpr std::size_t kProgramsOfTrackedUnit = 2;  ///< to look, to find its control group

/// A program that runs again and again while its owner is master.
struct WhileMaster {
  Arguments command;
  std::chrono::steady_clock::duration interval = std::chrono::seconds(10);  ///< of its begins
  std::string user;  ///< without an own one that of the hooks is filled in

  friend bool operator==(const WhileMaster&, const WhileMaster&) = default;
};

/// Of an instance or a sync group. Without an own user or timeout those of [global] are filled in.
struct VrrpHooks {
  std::vector<Arguments> on_master, on_backup, on_fault, on_stop, on_change;
  std::string user;                               ///< a name, or a number that has one
  std::chrono::steady_clock::duration timeout{};  ///< of `while_master` too
  std::optional<WhileMaster> while_master;
  std::vector<std::string> units;  ///< of systemd: started on the master, stopped elsewhere

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
