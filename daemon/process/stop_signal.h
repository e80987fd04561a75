// SIGTERM and SIGINT, with who sent them: a service manager that stops us, a terminal, or somebody
// whose `pkill` meant another.
//
// On main's loop. The signals are blocked from the construction on, in this thread and those that
// it starts, and wait until they are waited for; children unblock theirs (spawn.h).
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

  /// `stop`, for the first one: "SIGTERM from the service manager", "SIGTERM from process 4711
  /// (pkill), user 0", "SIGINT from the terminal". "" or what could not be done.
  [[nodiscard]] std::string wait(std::function<void(const std::string& from)> stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace evenkeel::daemon
