#include "daemon/process/supervisor.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "daemon/process/closer.h"
#include "daemon/process/log.h"
#include "daemon/process/spawn.h"

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;
using boost::system::error_code;

/// A child closes its channel before the kernel reports its death, usually by microseconds. One
/// that closed it and goes on living is killed after this long.
constexpr auto kDeathFollowsEnd = std::chrono::milliseconds(500);

std::string in_seconds(Duration duration) {
  return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

}  // namespace

// The loop's operations hold it weakly: one that has completed, but has not run yet when the
// supervisor goes, finds nothing.
class Supervisor::Impl : public std::enable_shared_from_this<Supervisor::Impl> {
  /// `step` as a completion handler: not for an operation that was cancelled, nor for a supervisor
  /// that is gone.
  auto guarded(void (Impl::*step)()) {
    return [weak = weak_from_this(), step](const error_code& error = {}) {
      const auto self = weak.lock();
      if (self && !error) ((*self).*step)();
    };
  }

 public:
  Impl(boost::asio::io_context& loop, RoleConfig role, Hooks hooks)
      : loop_(loop),
        role_(std::move(role)),
        hooks_(std::move(hooks)),
        backoff_(role_.respawn),
        death_(loop),
        ping_timer_(loop),
        timer_(loop) {}

  void start() {
    if (state_ == ChildState::Stopped) launch();
  }

  void stop(std::function<void()> stopped) {
    stopped_ = std::move(stopped);
    if (!child_) {
      disarm();
      boost::asio::post(loop_, guarded(&Impl::has_stopped));
      return;
    }
    enter(ChildState::Stopping);
    ping_timer_.cancel();
    channel_->finish();
    kill_after(role_.stop_limit, "did not leave within " + in_seconds(role_.stop_limit));
  }

  void set_stop_limit(Duration limit) { role_.stop_limit = limit; }

  void abandon() {
    if (!child_) return;
    kill_child(*child_);
    (void)reap(*child_);
    forget_child();
  }

  Channel* channel() { return channel_.get(); }

  [[nodiscard]] ChildStatus status() const {
    return {.state = state_,
            .pid = child_ ? child_->pid : 0,
            .since = since_,
            .restarts = starts_ > 0 ? starts_ - 1 : 0,
            .last_death = last_death_,
            .malformed = malformed_ + (channel_ ? channel_->counters().malformed : 0)};
  }

 private:
  void enter(ChildState state) {
    state_ = state;
    since_ = Clock::now();
  }

  void launch() {
    auto ends = channel_ends();
    if (!ends) return has_died("cannot start: " + ends.error().message());
    std::vector<std::string> arguments = {"evenkeel: " + role_.name, role_.name};
    arguments.insert(arguments.end(), role_.arguments.begin(), role_.arguments.end());
    auto child = spawn(role_.executable, arguments, ends->second.get(), kChannelDescriptor);
    if (!child) return has_died("cannot start: " + child.error().message());
    ends->second.reset();  // else its end-of-file would never come

    child_ = std::move(*child);
    ++starts_;
    enter(ChildState::Running);
    log_info(fmt::format("{}: started, pid {}", role_.name, child_->pid));
    watch(std::move(ends->first));
    if (hooks_.on_started) hooks_.on_started(*channel_);
  }

  void watch(UniqueFd end) {
    channel_ = std::make_unique<Channel>(loop_, std::move(end), closer_);
    const auto weak = weak_from_this();
    channel_->start({.on_message =
                         [weak](Message message, const std::vector<UniqueFd>&) {
                           const auto self = weak.lock();
                           if (self) self->receive(std::move(message));
                         },
                     .on_gone =
                         [weak] {
                           if (const auto self = weak.lock()) self->channel_ended();
                         },
                     .on_writable = {}});
    death_.assign(child_->handle.get());
    death_.async_wait(boost::asio::posix::descriptor_base::wait_read, guarded(&Impl::death));
    pings_ = PingCount(role_.ping_interval, role_.ping_limit, role_.start_limit);
    ping();
  }

  void ping() {
    if (state_ != ChildState::Running) return;
    const std::uint64_t sequence = pings_.turn();
    if (sequence == 0) {
      const Duration limit = pings_.has_answered() ? role_.ping_limit : role_.start_limit;
      return kill("no answer to ping for " + in_seconds(limit));
    }
    channel_->send(Ping{.sequence = sequence});
    // From now, not from when it was due: turns that we slept through are not made up for.
    ping_timer_.expires_after(role_.ping_interval);
    ping_timer_.async_wait(guarded(&Impl::ping));
  }

  void receive(Message message) {
    if (const auto* record = std::get_if<LogRecord>(&message)) {
      return log_record_of(role_.name, *record);
    }
    if (const auto* pong = std::get_if<Pong>(&message)) pings_.answered(pong->sequence);
    if (hooks_.on_message) hooks_.on_message(std::move(message));
  }

  void channel_ended() {
    if (state_ != ChildState::Running) return;
    ping_timer_.cancel();
    kill_after(kDeathFollowsEnd, "closed its channel");
  }

  void kill_after(Duration limit, std::string why) {
    kill_reason_ = std::move(why);
    arm(limit, &Impl::time_is_up);
  }

  /// asio runs the handler of a timer that had expired before it was cancelled or set anew: by then
  /// it is another turn.
  void arm(Duration delay, void (Impl::*step)()) {
    timer_.expires_after(delay);
    timer_.async_wait([weak = weak_from_this(), step, turn = ++turn_](const error_code& error) {
      const auto self = weak.lock();
      if (self && !error && self->turn_ == turn) ((*self).*step)();
    });
  }

  void disarm() {
    ++turn_;
    timer_.cancel();
  }

  void time_is_up() { kill(std::exchange(kill_reason_, {})); }

  void kill(std::string why) {
    killed_for_ = std::move(why);
    kill_child(*child_);  // its death arrives through `death_`
  }

  void death() {
    channel_->receive_pending();  // its last words; a hook may call stop() here
    std::string how = reap(*child_);
    if (!killed_for_.empty()) how = std::exchange(killed_for_, {});
    const bool was_asked_to = state_ == ChildState::Stopping;
    forget_child();
    if (was_asked_to) {
      log_info(fmt::format("{}: stopped, {}", role_.name, how));
      return has_stopped();
    }
    has_died(std::move(how));
  }

  void forget_child() {
    ping_timer_.cancel();
    disarm();
    (void)death_.release();  // the number stays child_->handle's
    malformed_ += channel_->counters().malformed;
    channel_.reset();
    child_.reset();
  }

  void has_died(std::string reason) {
    const Duration lived = state_ == ChildState::Running ? Clock::now() - since_ : Duration{};
    const Duration delay = backoff_.after_death(lived);
    log_warning(fmt::format("{}: {}; starts again in {}", role_.name, reason, in_seconds(delay)));
    last_death_ = std::move(reason);
    enter(ChildState::Restarting);
    arm(delay, &Impl::launch);
    if (hooks_.on_gone) hooks_.on_gone(last_death_);
  }

  void has_stopped() {
    enter(ChildState::Stopped);
    if (auto stopped = std::exchange(stopped_, {})) stopped();
  }

  boost::asio::io_context& loop_;
  RoleConfig role_;
  Hooks hooks_;
  RespawnBackoff backoff_;
  std::shared_ptr<Closer> closer_ = std::make_shared<Closer>();

  ChildState state_ = ChildState::Stopped;
  Clock::time_point since_ = Clock::now();
  std::uint64_t starts_ = 0;
  std::uint64_t malformed_ = 0;  ///< of the channels before this one
  std::string last_death_;

  std::optional<ChildProcess> child_;
  std::unique_ptr<Channel> channel_;  ///< there is one exactly while there is a child
  boost::asio::posix::stream_descriptor death_;
  boost::asio::steady_timer ping_timer_;
  boost::asio::steady_timer timer_;  ///< until the next start, or until we kill: arm(), disarm()
  std::uint64_t turn_ = 0;           ///< of timer_
  PingCount pings_{std::chrono::seconds(1), std::chrono::seconds(1), std::chrono::seconds(1)};
  std::string kill_reason_;  ///< for timer_
  std::string killed_for_;   ///< "" = not by us
  std::function<void()> stopped_;
};

Supervisor::Supervisor(boost::asio::io_context& loop, RoleConfig role, Hooks hooks)
    : impl_(std::make_shared<Impl>(loop, std::move(role), std::move(hooks))) {}
Supervisor::~Supervisor() {
  impl_->abandon();
}
void Supervisor::start() {
  impl_->start();
}
void Supervisor::stop(std::function<void()> stopped) {
  impl_->stop(std::move(stopped));
}
void Supervisor::set_stop_limit(Duration limit) {
  impl_->set_stop_limit(limit);
}

Channel* Supervisor::channel() {
  return impl_->channel();
}
ChildStatus Supervisor::status() const {
  return impl_->status();
}

}  // namespace evenkeel::daemon
