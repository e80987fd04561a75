#include "daemon/process/closer.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <deque>
#include <linux/capability.h>
#include <mutex>
#include <pthread.h>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;

/// A close that lasts longer is interrupted, again and again.
constexpr long kNudgeNanoseconds = 20'000'000;
/// One that lasts as long in spite of that is stuck: another thread takes its place.
constexpr auto kStuck = std::chrono::milliseconds(500);
constexpr std::size_t kMaxThreads = 8;

/// Its handler does nothing: the signal is there to end a wait.
int nudge_signal() {
  return SIGRTMIN + 1;
}

void handle_nudges() {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(nudge_signal(), &action, nullptr);
}

/// A closed file's driver runs in our name: this thread has no more of it than it must.
void drop_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  ::syscall(SYS_capset, &header, none.data());
}

/// Signals to the thread that made it, while it is armed.
class Nudges {
 public:
  Nudges() {
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = nudge_signal();
    event._sigev_un._tid = static_cast<pid_t>(::syscall(SYS_gettid));
    is_made_ = ::timer_create(CLOCK_MONOTONIC, &event, &timer_) == 0;
  }
  ~Nudges() {
    if (is_made_) ::timer_delete(timer_);
  }
  Nudges(const Nudges&) = delete;
  Nudges& operator=(const Nudges&) = delete;

  void arm(bool is_on) {
    const timespec every{.tv_sec = 0, .tv_nsec = is_on ? kNudgeNanoseconds : 0};
    const itimerspec times{.it_interval = every, .it_value = every};
    if (is_made_) ::timer_settime(timer_, 0, &times, nullptr);
  }

 private:
  timer_t timer_{};
  bool is_made_ = false;
};

}  // namespace

struct Closer::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Descriptor> queue;
  std::size_t closing = 0;  ///< as many threads are at it
  std::size_t threads = 0;
  Clock::time_point progress;  ///< the last begin or end of a close
  bool is_ended = false;

  void work() {
    Nudges nudges;
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [this] { return is_ended || !queue.empty(); });
      if (queue.empty()) return;
      Descriptor next = std::move(queue.front());
      queue.pop_front();
      ++closing;
      progress = Clock::now();
      lock.unlock();
      nudges.arm(true);
      next.reset();
      nudges.arm(false);
      lock.lock();
      --closing;
      progress = Clock::now();
    }
  }

  [[nodiscard]] bool needs_thread() const {
    if (threads == 0) return true;
    return threads < kMaxThreads && closing == threads && Clock::now() - progress > kStuck;
  }
};

Closer::Closer() : state_(std::make_shared<State>()) {}

Closer::~Closer() {
  const std::lock_guard lock(state_->mutex);
  state_->is_ended = true;
  state_->changed.notify_all();
}

void Closer::take(Descriptor descriptor) {
  if (!descriptor) return;
  const std::lock_guard lock(state_->mutex);
  state_->queue.push_back(std::move(descriptor));
  state_->changed.notify_one();
  if (!state_->needs_thread()) return;

  handle_nudges();
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // the process's signals are for others
  try {
    std::thread([state = state_] {
      drop_capabilities();
      sigset_t nudge;
      sigemptyset(&nudge);
      sigaddset(&nudge, nudge_signal());
      ::pthread_sigmask(SIG_UNBLOCK, &nudge, nullptr);
      state->work();
    }).detach();
    ++state_->threads;
  } catch (const std::system_error&) {
    // No thread to be had: the next one that is taken tries again.
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Closer::take(std::vector<Descriptor> descriptors) {
  for (Descriptor& each : descriptors) take(std::move(each));
}

std::size_t Closer::waiting() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size() + state_->closing;
}

}  // namespace evenkeel::daemon
