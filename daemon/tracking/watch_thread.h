// The thread that looks at files and processes: a look waits for whoever has the file system or the
// memory, and main's thread waits for nobody. One that waits for long is told: what was known is
// stale.
//
// Used on main's loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/config/tracked.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

/// A look that lasts longer makes what is known stale.
constexpr std::chrono::seconds kLookLimit{5};

class WatchThread {
 public:
  struct Hooks {
    std::function<void(const std::vector<vrrp::NamedTrackResult>&)> on_results;
    /// A look lasts longer than kLookLimit: at this file, "" where it is a process. Then that it
    /// has ended: `is_stuck` is false.
    std::function<void(bool is_stuck, const std::string& at)> on_stuck;
    std::function<void(const std::string& problem)> on_problem;
  };

  WatchThread(boost::asio::io_context& loop, Hooks hooks);
  /// Does not wait for the thread: it ends after its look.
  ~WatchThread();
  WatchThread(const WatchThread&) = delete;
  WatchThread& operator=(const WatchThread&) = delete;

  /// Files and processes. The thread starts with the first of them; where the system gives none it
  /// is tried again. No result of what was followed before is told any more.
  void configure(const Tracked& tracked);

 private:
  struct State;

  [[nodiscard]] bool start();
  void send_configuration();
  void look_after();
  void deliver();

  boost::asio::io_context& loop_;
  Hooks hooks_;
  boost::asio::steady_timer timer_;
  Tracked tracked_;
  std::uint64_t generation_ = 0;  ///< of tracked_
  std::shared_ptr<State> state_;  ///< shared with the thread; none: there is no thread
  bool is_waited_for_ = false;    ///< the thread, or that it can be started
  bool is_stuck_ = false;
};

}  // namespace evenkeel::daemon
