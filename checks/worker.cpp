#include "checks/worker.h"

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <ctime>
#include <exception>
#include <optional>
#include <sys/resource.h>
#include <utility>

#include "checks/lateness.h"
#include "checks/lingering.h"
#include "checks/outbox.h"
#include "checks/ready_queue.h"
#include "checks/run_check.h"
#include "checks/schedule.h"
#include "checks/sockets.h"
#include "checks/start_window.h"

namespace evenkeel::checks {
namespace {

using namespace std::chrono_literals;

/// While a probe runs, two turns are at most this far apart (and at least kTurn): so a stall of
/// this process is seen.
constexpr Duration kLook = 50ms;

/// Processor time of each turn for starting probes; the rest is for their answers.
constexpr Duration kStarting = kTurn / 2;

/// Probes that may be young at once (start_window.h).
constexpr std::size_t kWindow = 1024;

/// Descriptors left for everything else: epoll, timer, the channel, the configuration's memfd.
constexpr std::size_t kReservedDescriptors = 64;

/// This part of the probes may be for connections whose verdict is known (lingering.h).
constexpr std::size_t kLingeringShare = 8;

/// The processor time of this thread: it does not grow while other programs have the processor.
Duration processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TimePoint steady_now() {
  return std::chrono::steady_clock::now();
}

bool is_timeout(Reason reason) {
  return reason == Reason::ConnectTimeout || reason == Reason::Deadline;
}

std::string lateness_text(Duration lateness) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(lateness);
  return "no answer in time, but this process was late by " + std::to_string(ms.count()) + "ms";
}

}  // namespace

std::size_t probe_limit() {
  constexpr rlim_t kPlenty = 1U << 20U;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
  const auto descriptors = static_cast<std::size_t>(std::min(limit.rlim_cur, kPlenty));
  return descriptors > kReservedDescriptors ? descriptors - kReservedDescriptors : 1;
}

class Worker::Probes : public std::enable_shared_from_this<Probes> {
 public:
  Probes(boost::asio::io_context& context, ReportSink sink, std::size_t max_running)
      : executor_(context.get_executor()),
        timer_(executor_),
        outbox_(std::move(sink)),
        lingering_(max_running / kLingeringShare),
        max_running_(std::max<std::size_t>(max_running - max_running / kLingeringShare, 1)) {}

  void configure(std::vector<ListedCheck> checks);
  void resume();
  void stop();

  [[nodiscard]] std::uint64_t late() const { return schedule_.late(); }
  [[nodiscard]] std::size_t behind() const { return schedule_.behind(steady_now()); }
  [[nodiscard]] std::size_t running() const { return running_; }

 private:
  /// Reused from probe to probe.
  struct Probe {
    Probe(const Executor& executor, Lingering& lingering) : sockets(executor, lingering) {}

    Sockets sockets;
    CheckList checks;          // keeps the check alive while the probe runs
    std::optional<Slot> slot;  // nothing: its check is gone, and the outcome is dropped
    TimePoint started;
    Duration timeout{};
    Duration lateness_before{};
    StartWindow::Ticket ticket = 0;
  };

  void turn(TimePoint wanted);
  void arm();
  [[nodiscard]] bool wants_to_start() const;
  void start_ready(TimePoint now);
  void start(Slot slot);
  void expire(Slot slot, TimePoint now);
  void end(Probe& probe, ProbeResult result);
  [[nodiscard]] Probe& take_probe();

  Executor executor_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>, Executor>
      timer_;
  std::optional<TimePoint> armed_;  // when the timer expires
  TimePoint last_turn_;
  Schedule schedule_;
  Outbox outbox_;
  Lingering lingering_;
  ReadyQueue ready_;              // due, waiting for room
  std::vector<Probe*> probe_of_;  // by slot; null: none is running
  std::vector<std::unique_ptr<Probe>> probes_;
  std::vector<Probe*> idle_;
  StartWindow window_{kWindow};
  Lateness lateness_;
  std::size_t running_ = 0;
  std::size_t max_running_;
  bool is_stopped_ = false;
};

void Worker::Probes::configure(std::vector<ListedCheck> checks) {
  auto list = std::make_shared<const std::vector<ListedCheck>>(std::move(checks));
  const auto successors = schedule_.configure(list, steady_now());
  outbox_.configure(*list);

  std::vector<Probe*> kept(list->size());
  for (Probe* probe : probe_of_) {
    if (probe == nullptr) continue;
    probe->slot = successors[*probe->slot];
    if (probe->slot) {
      kept[*probe->slot] = probe;
    } else {
      probe->sockets.expire();
    }
  }
  probe_of_ = std::move(kept);

  ready_.rename(successors);
  arm();
}

void Worker::Probes::resume() {
  outbox_.resume();
  arm();
}

void Worker::Probes::stop() {
  is_stopped_ = true;
  timer_.cancel();
  for (Probe* probe : probe_of_) {
    if (probe != nullptr) probe->sockets.expire();
  }
}

void Worker::Probes::turn(TimePoint wanted) {
  const TimePoint now = steady_now();
  last_turn_ = now;
  lateness_.woken(wanted, now);
  while (const std::optional<Due> due = schedule_.pop(now)) {
    switch (due->what) {
      case Due::What::Start:
        ready_.push(due->slot, !schedule_.has_outcome(due->slot));
        break;
      case Due::What::Expire:
        expire(due->slot, now);
        break;
    }
  }
  const bool is_first_round_done = schedule_.is_first_round_done();
  const auto flush_at = outbox_.deadline(is_first_round_done);
  if (flush_at && *flush_at <= now) outbox_.flush(is_first_round_done, now);
  start_ready(now);
  arm();
}

/// Sets the timer if it would otherwise expire too late. One that expires too early costs less than
/// moving it each time a probe ends before its deadline.
void Worker::Probes::arm() {
  if (is_stopped_) return;
  std::optional<TimePoint> wanted = schedule_.next();
  const auto flush_at = outbox_.deadline(schedule_.is_first_round_done());
  if (flush_at && (!wanted || *flush_at < *wanted)) wanted = flush_at;
  const auto no_later_than = [&wanted](TimePoint when) {
    wanted = std::min(wanted.value_or(when), when);
  };
  if (wants_to_start()) {
    no_later_than(window_.has_room(last_turn_) ? last_turn_ : *window_.next_room());
  }
  if (running_ > 0) no_later_than(last_turn_ + kLook);
  if (!wanted) return;
  const TimePoint wake = std::max(*wanted, last_turn_ + kTurn);
  if (armed_ && *armed_ <= wake) return;
  armed_ = wake;
  timer_.expires_at(wake);
  timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
    if (error || self->is_stopped_) return;  // moved, or over
    self->turn(*std::exchange(self->armed_, std::nullopt));
  });
}

bool Worker::Probes::wants_to_start() const {
  return !ready_.empty() && !outbox_.is_full() && running_ < max_running_;
}

void Worker::Probes::start_ready(TimePoint now) {
  if (!wants_to_start()) return;
  const Duration begin = processor_time();
  while (wants_to_start() && window_.has_room(now) && processor_time() - begin < kStarting) {
    start(ready_.pop());
  }
}

void Worker::Probes::start(Slot slot) {
  Probe& probe = take_probe();
  probe.checks = schedule_.checks();
  probe.slot = slot;
  probe.started = steady_now();
  const Check& check = (*probe.checks)[slot].check;
  probe.timeout = check.timeout;
  probe.lateness_before = lateness_.total();
  probe.ticket = window_.begin(probe.started);
  probe_of_[slot] = &probe;
  ++running_;
  schedule_.start(slot, probe.started);
  boost::asio::co_spawn(
      executor_, run_check(check, probe.sockets),
      [self = shared_from_this(), &probe](const std::exception_ptr& error, ProbeResult result) {
        if (error) std::rethrow_exception(error);  // a mistake of ours, or no memory
        self->end(probe, std::move(result));
      });
}

/// An answer that has arrived counts before the deadline: under load the loop may not have looked
/// at it yet.
void Worker::Probes::expire(Slot slot, TimePoint now) {
  Sockets& sockets = probe_of_[slot]->sockets;
  if (sockets.has_news() && schedule_.extend(slot, now + kTurn)) return;
  sockets.expire();
}

void Worker::Probes::end(Probe& probe, ProbeResult result) {
  probe.sockets.close();
  --running_;
  window_.end(probe.ticket);
  idle_.push_back(&probe);
  const CheckList checks = std::move(probe.checks);
  if (is_stopped_) return;
  if (probe.slot) {
    const Slot slot = *probe.slot;
    probe_of_[slot] = nullptr;
    const Duration lateness = lateness_.total() - probe.lateness_before;
    const bool is_ours = is_timeout(result.reason) && is_too_late(lateness, probe.timeout);
    const Reason counted = schedule_.finish(slot, result.reason, is_ours);
    if (counted != result.reason) result = {.reason = counted, .detail = lateness_text(lateness)};
    CheckOutcome outcome;
    outcome.id = (*schedule_.checks())[slot].id;
    outcome.reason = result.reason;
    outcome.detail = std::move(result.detail);
    outcome.latency = steady_now() - probe.started;
    outbox_.add(std::move(outcome));
  }
  arm();
}

Worker::Probes::Probe& Worker::Probes::take_probe() {
  if (idle_.empty()) {
    probes_.push_back(std::make_unique<Probe>(executor_, lingering_));
    idle_.push_back(probes_.back().get());
  }
  Probe& probe = *idle_.back();
  idle_.pop_back();
  return probe;
}

Worker::Worker(boost::asio::io_context& context, ReportSink sink, std::size_t max_running)
    : probes_(std::make_shared<Probes>(context, std::move(sink), max_running)) {}

Worker::~Worker() {
  probes_->stop();
}

void Worker::configure(std::vector<ListedCheck> checks) {
  probes_->configure(std::move(checks));
}

void Worker::resume() {
  probes_->resume();
}

std::uint64_t Worker::late() const {
  return probes_->late();
}

std::size_t Worker::behind() const {
  return probes_->behind();
}

std::size_t Worker::running() const {
  return probes_->running();
}

}  // namespace evenkeel::checks
