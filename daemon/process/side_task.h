// Work that may take as long as somebody else likes (the name service, a disk), beside main's loop:
// main holds leases and answers pings meanwhile.
#pragma once

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace evenkeel::daemon {

class SideTasks {
 public:
  explicit SideTasks(boost::asio::io_context& loop);
  /// Waits for no task. What one that is under way returns is not called any more.
  ~SideTasks();
  SideTasks(const SideTasks&) = delete;
  SideTasks& operator=(const SideTasks&) = delete;

  /// Calls `work` in a thread of its own, and what it returns from the loop. `work` owns whatever
  /// it uses. Where the system gives no thread, it is called now: what was asked for is done.
  void run(std::function<std::function<void()>()> work);

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the threads
};

}  // namespace evenkeel::daemon
