#include "daemon/process/supervisor.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "daemon/os/closer.h"
#include "daemon/process/log.h"
#include "daemon/process/spawn.h"

namespace evenkeel::daemon {
namespace {

using Clock = std::chrono::steady_clock;
using boost::system::error_code;

/// A child's channel closes before the kernel reports its death, usually by microseconds. A child
/// that has closed its channel and lives on is killed after this time.
constexpr auto kDeathFollowsEnd = std::chrono::milliseconds(500);

std::string in_seconds(Duration duration) {
  return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

}  // namespace

// The loop's operations hold it weakly: the handler of one that has completed may run after the
// supervisor is gone.
class Supervisor::Impl : public std::enable_shared_from_this<Supervisor::Impl> {
  /// `step` as a completion handler, which does nothing where the operation was cancelled or the
  /// supervisor is gone.
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
    if (status_.state == ChildState::Stopped) launch();
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
    ChildStatus status = status_;
    if (child_) status.pid = child_->pid;
    if (channel_) status.malformed += channel_->counters().malformed;
    return status;
  }

 private:
  void enter(ChildState state) {
    status_.state = state;
    status_.since = Clock::now();
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
    if (std::exchange(was_started_, true)) ++status_.restarts;
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
                     .on_writable =
                         [weak] {
                           const auto self = weak.lock();
                           if (self && self->hooks_.on_writable) self->hooks_.on_writable();
                         }});
    death_.assign(child_->handle.get());
    death_.async_wait(boost::asio::posix::descriptor_base::wait_read, guarded(&Impl::death));
    pings_ = PingCount(role_.ping_interval, role_.ping_limit, role_.start_limit);
    ping();
  }

  void ping() {
    if (status_.state != ChildState::Running) return;
    const std::uint64_t sequence = pings_.next();
    if (sequence == 0) {
      const Duration limit = pings_.has_answered() ? role_.ping_limit : role_.start_limit;
      return kill("no answer to ping for " + in_seconds(limit));
    }
    channel_->send(Ping{.sequence = sequence});
    // From now, not from when it was due: a tick that main has slept through is left out.
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
    if (status_.state != ChildState::Running) return;
    ping_timer_.cancel();
    kill_after(kDeathFollowsEnd, "closed its channel");
  }

  void kill_after(Duration limit, std::string why) {
    kill_reason_ = std::move(why);
    arm(limit, &Impl::time_is_up);
  }

  /// Asio also runs the handler of a timer that had expired before it was cancelled or set anew:
  /// the number of its arming is then an old one.
  void arm(Duration delay, void (Impl::*step)()) {
    timer_.expires_after(delay);
    timer_.async_wait([weak = weak_from_this(), step, arming = ++arming_](const error_code& error) {
      const auto self = weak.lock();
      if (self && !error && self->arming_ == arming) ((*self).*step)();
    });
  }

  void disarm() {
    ++arming_;
    timer_.cancel();
  }

  void time_is_up() { kill(std::exchange(kill_reason_, {})); }

  void kill(std::string why) {
    killed_for_ = std::move(why);
    kill_child(*child_);  // its death arrives through `death_`
  }

  void death() {
    channel_->receive_pending();  // what it sent before; a hook may call stop() here
    std::string how = reap(*child_);
    if (!killed_for_.empty()) how = std::exchange(killed_for_, {});
    const bool was_asked_to = status_.state == ChildState::Stopping;
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
    status_.malformed += channel_->counters().malformed;
    channel_.reset();
    child_.reset();
  }

  void has_died(std::string reason) {
    const Duration lived =
        status_.state == ChildState::Running ? Clock::now() - status_.since : Duration{};
    const Duration delay = backoff_.after_death(lived);
    log_warning(fmt::format("{}: {}; starts again in {}", role_.name, reason, in_seconds(delay)));
    status_.last_death = std::move(reason);
    enter(ChildState::Restarting);
    arm(delay, &Impl::launch);
    if (hooks_.on_gone) hooks_.on_gone(status_.last_death);
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

  ChildStatus status_{.since = Clock::now(),
                      .last_death = {}};  ///< without its pid; malformed: of earlier channels
  bool was_started_ = false;

  std::optional<ChildProcess> child_;
  std::unique_ptr<Channel> channel_;  ///< there is one exactly while there is a child
  boost::asio::posix::stream_descriptor death_;
  boost::asio::steady_timer ping_timer_;
  boost::asio::steady_timer timer_;  ///< to the next start, or to the kill: arm(), disarm()
  std::uint64_t arming_ = 0;         ///< of timer_
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
