// Parts of the main process: a reload that is under way, signals, readiness.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>

#include "daemon/config/program_files.h"
#include "daemon/control/commands.h"
#include "daemon/process/message.h"
#include "daemon/process/reload_message.h"

namespace evenkeel::daemon {

/// A reload, until the kernel has been told of it and it is answered.
struct PendingReload {
  Commands::ReloadDone done;
  bool is_in_force = false;  ///< the files have been read and found good
  ReloadResult result;
  std::uint64_t operations_before = 0;
  InstanceChanges instances{};
};

/// SIGHUP asks for a reload.
struct Hangups {
  boost::asio::signal_set signals;
  bool came_during_reload = false;  ///< the file may have changed since that reload read it
};

/// The configuration that is in force: how many there were before, since when, and the users of
/// its programs.
struct InForce {
  Generation generation = 0;
  std::chrono::steady_clock::time_point loaded;
  Users users;
};

/// When the kernel is to be looked after next: step().
struct Steps {
  boost::asio::steady_timer timer;
  bool is_posted = false;
};

/// Ready: the kernel's table was adopted. Told: the service manager knows it.
enum class Readiness : std::uint8_t { Starting, Ready, Told };

}  // namespace evenkeel::daemon
