#include "daemon/tracking/watch_thread.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <utility>

#include "daemon/os/side_thread.h"
#include "daemon/tracking/file_watch.h"
#include "daemon/tracking/process_watch.h"

namespace evenkeel::daemon {

using vrrp::TrackKind;
using Clock = std::chrono::steady_clock;

namespace {
constexpr std::chrono::seconds kLookInterval{1};
}

struct WatchThread::State {
  // Of both threads.
  std::mutex mutex;
  WatchThread* owner = nullptr;  ///< none: it has gone
  std::vector<vrrp::NamedTrackResult> results;
  std::uint64_t generation = 0;  ///< of what is followed, and of the results
  std::string looks_at;
  Clock::time_point sign_of_life;

  // Of the thread alone.
  boost::asio::io_context loop{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      loop.get_executor()};
  boost::asio::steady_timer timer{loop};
  FileWatch files{loop,
                  {.on_result =
                       [this](const std::string& path, const vrrp::TrackResult& result) {
                         tell({.kind = TrackKind::File, .name = path, .result = result});
                       },
                   .on_look = [this](const std::string& path) { is_at(path); }}};
  ProcessWatch processes{loop, [this](const std::string& track, const vrrp::TrackResult& result) {
                           tell({.kind = TrackKind::Process, .name = track, .result = result});
                         }};

  void configure(const Tracked& tracked, std::uint64_t now) {
    {
      const std::lock_guard lock(mutex);
      results.clear();
      generation = now;
    }
    files.configure(tracked.files);
    processes.configure(tracked.processes);
  }
  void run() {
    look();
    loop.run();
  }
  void look() {
    files.look_at_all();
    processes.look();
    is_at("");
    timer.expires_after(kLookInterval);
    timer.async_wait([this](const boost::system::error_code& error) {
      if (!error) look();
    });
  }
  void is_at(const std::string& path) {
    const std::lock_guard lock(mutex);
    looks_at = path;
    sign_of_life = Clock::now();
  }
  /// Main's loop outlives the owner, and the owner is asked under the lock.
  void tell(vrrp::NamedTrackResult result) {
    const std::lock_guard lock(mutex);
    results.push_back(std::move(result));
    if (owner == nullptr || results.size() > 1) return;  // what waits is delivered together
    boost::asio::post(owner->loop_, [self = owner->state_] {
      if (self->owner != nullptr) self->owner->deliver();
    });
  }
};

WatchThread::WatchThread(boost::asio::io_context& loop, Hooks hooks)
    : loop_(loop), hooks_(std::move(hooks)), timer_(loop) {}

WatchThread::~WatchThread() {
  if (!state_) return;
  const std::lock_guard lock(state_->mutex);
  state_->owner = nullptr;
  state_->loop.stop();
}

void WatchThread::configure(const Tracked& tracked) {
  tracked_ = tracked;
  ++generation_;
  if (state_) return send_configuration();
  if (is_waited_for_ || (tracked.files.empty() && tracked.processes.empty())) return;
  is_waited_for_ = true;
  if (!start()) {
    hooks_.on_problem(
        "cannot follow files and processes: the system gives no thread; it is asked again each "
        "second");
  }
  look_after();
}

bool WatchThread::start() {
  std::shared_ptr<State> state;
  try {
    state = std::make_shared<State>();  // its loop needs descriptors
  } catch (const boost::system::system_error&) {
    return false;
  }
  state->owner = this;
  state->sign_of_life = Clock::now();
  if (!start_side_thread([state] { state->run(); })) return false;
  state_ = std::move(state);
  send_configuration();
  return true;
}

void WatchThread::send_configuration() {
  boost::asio::post(state_->loop, [self = state_.get(), tracked = tracked_, now = generation_] {
    self->configure(tracked, now);
  });
}

void WatchThread::look_after() {
  timer_.expires_after(kLookInterval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    if (!state_) {
      (void)start();
      return look_after();
    }
    std::unique_lock lock(state_->mutex);
    const bool is_stuck = Clock::now() - state_->sign_of_life > kLookLimit;
    const std::string at = state_->looks_at;
    lock.unlock();
    if (std::exchange(is_stuck_, is_stuck) != is_stuck) hooks_.on_stuck(is_stuck, at);
    look_after();
  });
}

void WatchThread::deliver() {
  std::unique_lock lock(state_->mutex);
  const auto results = std::exchange(state_->results, {});
  const bool is_current = state_->generation == generation_;
  lock.unlock();
  if (is_current && !results.empty()) hooks_.on_results(results);
}

}  // namespace evenkeel::daemon
