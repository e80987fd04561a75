// Runs one child role: starts it, watches it, starts it again.
//
// On main's loop and thread. A child is this same program, re-executed with the role's name and
// one end of a channel as descriptor 3 (kChannelDescriptor); it is dead when the kernel says so
// (pidfd), silent when it answers no ping, and unwanted when its end of the channel is closed. What
// it had sent before its death is delivered first.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "daemon/process/channel.h"
#include "daemon/process/liveness.h"

namespace evenkeel::daemon {

/// Where a child finds its end of the channel.
constexpr int kChannelDescriptor = 3;

struct RoleConfig {
  std::string name;                           ///< "checks": the first argument, and for the log
  std::string executable = "/proc/self/exe";  ///< even after an upgrade: the program we run
  std::vector<std::string> arguments;         ///< after the name
  Duration ping_interval = std::chrono::seconds(1);
  Duration ping_limit = std::chrono::seconds(3);   ///< silent this long, later: killed
  Duration start_limit = std::chrono::seconds(5);  ///< silent from its start this long: killed
  Duration stop_limit = std::chrono::seconds(2);   ///< from stop() to SIGKILL
  RespawnDelays respawn;
};

enum class ChildState : std::uint8_t { Stopped, Running, Restarting, Stopping };

/// For status and metrics.
struct ChildStatus {
  ChildState state = ChildState::Stopped;
  pid_t pid = 0;                                ///< 0 = there is none
  std::chrono::steady_clock::time_point since;  ///< in this state
  std::uint64_t restarts = 0;                   ///< starts after the first
  std::string last_death;                       ///< "killed by signal 9"; "" = none yet
  std::uint64_t malformed = 0;                  ///< datagrams that were skipped
};

class Supervisor {
 public:
  /// None may destroy the supervisor. May be empty.
  struct Hooks {
    /// A new child is there: send it its configuration.
    std::function<void(Channel&)> on_started;
    /// Pong included (for what it reports); LogRecord not: it has been logged.
    std::function<void(Message)> on_message;
    /// It died though nobody asked it to, or could not be started; it will be started again.
    /// "killed by signal 9", "exit status 1", "no answer to ping for 3 s", "cannot start: ..."
    std::function<void(const std::string& reason)> on_gone;
    /// A send() on its channel has returned false, and now there is room.
    std::function<void()> on_writable{};
  };

  Supervisor(boost::asio::io_context& loop, RoleConfig role, Hooks hooks);
  /// Kills the child if it still runs.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  void start();
  /// Asks the child to leave by end-of-file on the channel, still receives what it reports, kills
  /// it after the limit; then `stopped`, once, from the loop.
  void stop(std::function<void()> stopped);

  /// For the next stop().
  void set_stop_limit(Duration limit);

  /// nullptr while there is no child.
  [[nodiscard]] Channel* channel();
  [[nodiscard]] ChildStatus status() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace evenkeel::daemon
