#include "daemon/os/closer.h"

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "daemon/os/side_thread.h"

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a close may last before it is interrupted, and until it is interrupted again. Both are
/// short: other descriptors wait.
constexpr long kFirstInterrupt = 1'000'000;  // nanoseconds
constexpr long kNextInterrupt = 20'000'000;
/// A descriptor that has waited this long is behind a close that is stuck, or behind too many: one
/// more thread.
constexpr auto kSlow = std::chrono::milliseconds(500);
constexpr std::size_t kMaxThreads = 8;

/// The signal's handler does nothing: the signal itself ends the wait in close().
int interrupt_signal() {
  return SIGRTMIN + 1;
}

void handle_interrupts() {
  static const int once = [] {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    return ::sigaction(interrupt_signal(), &action, nullptr);
  }();
  static_cast<void>(once);
}

/// Sends interrupt_signal() to the thread that made it, while it is armed.
class InterruptTimer {
 public:
  InterruptTimer() {
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = interrupt_signal();
    event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
    is_made_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
  }
  ~InterruptTimer() {
    if (is_made_) ::timer_delete(timer_);
  }
  InterruptTimer(const InterruptTimer&) = delete;
  InterruptTimer& operator=(const InterruptTimer&) = delete;

  void arm(bool is_on) {
    itimerspec times{};
    if (is_on) {
      times.it_value.tv_nsec = kFirstInterrupt;
      times.it_interval.tv_nsec = kNextInterrupt;
    }
    if (is_made_) ::timer_settime(timer_, 0, &times, nullptr);
  }

 private:
  timer_t timer_{};
  bool is_made_ = false;
};

}  // namespace

struct Closer::State : std::enable_shared_from_this<State> {
  struct Waiting {
    UniqueFd descriptor;
    Clock::time_point since;
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Waiting> queue;
  std::size_t closing = 0;  ///< threads that are in close()
  std::size_t threads = 0;
  Clock::time_point last_thread;  ///< when the last thread was started
  bool is_ended = false;

  void work() {
    InterruptTimer interrupts;
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return is_ended || !queue.empty(); });
      if (queue.empty()) return;
      UniqueFd next = std::move(queue.front().descriptor);
      queue.pop_front();
      ++closing;
      lock.unlock();
      interrupts.arm(true);
      next.reset();
      interrupts.arm(false);
      lock.lock();
      --closing;
    }
  }

  [[nodiscard]] bool needs_thread() const {
    if (queue.empty() || threads == 0) return !queue.empty();
    const Clock::time_point now = Clock::now();
    return threads < kMaxThreads && closing == threads && now - queue.front().since > kSlow &&
           now - last_thread > kSlow;
  }

  /// Starts a thread where one is needed. The caller holds the mutex.
  void add_thread() {
    if (!needs_thread()) return;
    handle_interrupts();
    const bool is_started = start_side_thread([state = shared_from_this()] {
      sigset_t interrupt;
      sigemptyset(&interrupt);
      sigaddset(&interrupt, interrupt_signal());
      ::pthread_sigmask(SIG_UNBLOCK, &interrupt, nullptr);
      state->work();
    });
    if (!is_started) return;  // the next descriptor that is taken tries again
    ++threads;
    last_thread = Clock::now();
  }
};

Closer::Closer() : state_(std::make_shared<State>()) {}

Closer::~Closer() {
  const std::lock_guard lock(state_->mutex);
  state_->is_ended = true;
  state_->changed.notify_all();
}

void Closer::take(UniqueFd descriptor) {
  if (!descriptor) return;
  const std::lock_guard lock(state_->mutex);
  state_->queue.push_back({std::move(descriptor), Clock::now()});
  state_->changed.notify_one();
  state_->add_thread();
}

void Closer::take(std::vector<UniqueFd> descriptors) {
  for (UniqueFd& each : descriptors) take(std::move(each));
}

std::size_t Closer::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size() + state_->closing;
}

bool Closer::has_many() {
  const std::lock_guard lock(state_->mutex);
  state_->add_thread();
  return state_->queue.size() + state_->closing > kMany;
}

}  // namespace evenkeel::daemon
