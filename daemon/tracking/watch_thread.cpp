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
  if (!state_ && tracked.files.empty() && tracked.processes.empty()) return;
  if (!state_) start();
  boost::asio::post(state_->loop, [self = state_.get(), tracked] {
    self->files.configure(tracked.files);
    self->processes.configure(tracked.processes);
  });
}

void WatchThread::start() {
  state_ = std::make_shared<State>();
  state_->owner = this;
  state_->sign_of_life = Clock::now();
  if (!start_side_thread([state = state_] { state->run(); })) {
    hooks_.on_problem("cannot follow files and processes: the system gives no thread");
    return;
  }
  look_after();
}

void WatchThread::look_after() {
  timer_.expires_after(kLookInterval);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
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
  lock.unlock();
  hooks_.on_results(results);
}

}  // namespace evenkeel::daemon
