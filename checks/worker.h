// Makes every probe on time, as many at once as are due, and hands in their outcomes.
//
// One thread, one io_context: that of the caller, best made with concurrency hint 1 (or
// BOOST_ASIO_CONCURRENCY_HINT_UNSAFE), so that Asio takes no locks and wakes no threads. Everything
// is called from, and calls, that thread.
//
// One timer serves all starts and deadlines (schedule.h) and the outbox. Wake-ups are at least 10
// ms apart, so that under load one turn of the loop does the work of several; alone, a probe starts
// on time. A turn handles what has arrived in the sockets before it believes a deadline, and starts
// probes for half of its time at most and no more than their answers can be taken in time
// (start_window.h): a host that cannot do all at once does them one after the other. A timeout
// while the loop was late itself is a LocalError, not the server's (lateness.h, Schedule::finish).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "checks/check_list.h"
#include "checks/report.h"

namespace boost::asio {
class io_context;
}

namespace evenkeel::checks {

/// How many probes may run at once with the process's present RLIMIT_NOFILE: all descriptors but a
/// few. At least 1.
[[nodiscard]] std::size_t probe_limit();

class Worker {
 public:
  Worker(boost::asio::io_context& context, ReportSink sink,
         std::size_t max_running = probe_limit());
  ~Worker();  ///< ends all running probes, without an outcome
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Replaces the list, which is in the order of its ids. A check whose id was in the list before
  /// keeps its phase, its running probe, and its outcome that has not been handed in. Those of a
  /// check that is gone are dropped. Durations must be positive. When no check lacks an outcome, an
  /// empty report says so. Never calls the sink itself: the next reports are about the new list.
  void configure(std::vector<ListedCheck> checks);

  /// The sink has room again.
  void resume();

  /// Probes that began late or were left out, since the start: the sink was full, there were
  /// max_running, or the loop was behind (Schedule::late).
  [[nodiscard]] std::uint64_t late() const;
  /// Checks that are late for 3 intervals (Schedule::behind). O(n).
  [[nodiscard]] std::size_t behind() const;
  [[nodiscard]] std::size_t running() const;

 private:
  class Probes;
  std::shared_ptr<Probes> probes_;  // shared with what is still in the io_context's queues
};

}  // namespace evenkeel::checks
