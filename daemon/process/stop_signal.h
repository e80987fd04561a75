// SIGTERM and SIGINT, and who sent them: the service manager, a terminal, or another process, such
// as a `pkill` that meant another program.
//
// On main's loop. The constructor blocks the signals, in this thread and those that it starts; they
// stay pending until wait(). A child unblocks its own (spawn.h).
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace evenkeel::daemon {

class StopSignal {
 public:
  explicit StopSignal(boost::asio::io_context& loop);
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Calls `stop` for the first signal, with its sender: "SIGTERM from the service manager",
  /// "SIGTERM from process 4711 (pkill), user 0", "SIGINT from the terminal". Returns "", or what
  /// could not be done.
  [[nodiscard]] std::string wait(std::function<void(const std::string& from)> stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel::daemon
