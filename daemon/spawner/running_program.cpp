#include "daemon/spawner/running_program.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "daemon/spawner/output_tail.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using boost::asio::posix::stream_descriptor;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto kTimeToLeave = 200ms;  ///< from SIGTERM to SIGKILL
constexpr auto kTimeToDie = 1s;       ///< from SIGKILL until it counts as stuck
constexpr auto kLookAgain = 100ms;    ///< at one that is dead and that a tracer has not let go

/// Reads of one turn of the loop: a flood of one program does not delay the others.
constexpr int kReads = 4;
constexpr std::size_t kPart = 16'384;  ///< octets

}  // namespace

class RunningProgram::Impl : public std::enable_shared_from_this<RunningProgram::Impl> {
  auto guarded(void (Impl::*step)()) {
    return [weak = weak_from_this(), step](const error_code& error) {
      const auto self = weak.lock();
      if (self && !error) ((*self).*step)();
    };
  }

 public:
  Impl(boost::asio::io_context& loop, Launched child, std::chrono::nanoseconds timeout, Hooks hooks)
      : child_(std::move(child)),
        hooks_(std::move(hooks)),
        death_(loop, child_.handle.get()),
        output_(loop, child_.output.get()),
        timer_(loop),
        tracer_timer_(loop),
        began_(Clock::now()),
        timeout_(timeout) {}
  ~Impl() {
    (void)death_.release();  // the numbers are child_'s
    (void)output_.release();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start() {
    death_.async_wait(stream_descriptor::wait_read, guarded(&Impl::died));
    wait_for_output();
    arm(timeout_);
  }

  void end(RunEnd how) {
    if (phase_ != Phase::Running) return;
    ends_as_ = how;
    arm(0s);
  }

  void forget() {
    hooks_ = {};
    timer_.cancel();
    tracer_timer_.cancel();
    (void)death_.release();
    (void)output_.release();
  }

 private:
  enum class Phase : std::uint8_t { Running, Leaving, Killed, Stuck, Ended };

  /// Asio also runs the handler of a timer that had expired before it was set anew: the number of
  /// its arming is then an old one.
  void arm(std::chrono::nanoseconds delay) {
    timer_.expires_after(delay);
    timer_.async_wait([weak = weak_from_this(), arming = ++arming_](const error_code& error) {
      const auto self = weak.lock();
      if (self && !error && self->arming_ == arming) self->time_is_up();
    });
  }

  void wait_for_output() {
    output_.async_wait(stream_descriptor::wait_read, guarded(&Impl::read_output));
  }

  void read_output() {
    if (phase_ != Phase::Ended && read_some()) wait_for_output();
  }

  /// Whether there may be more one day.
  bool read_some() {
    std::array<char, kPart> part;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    for (int i = 0; i < kReads; ++i) {
      const ssize_t got = ::read(child_.output.get(), part.data(), part.size());
      if (got < 0) return errno == EAGAIN || errno == EINTR;
      if (got == 0) return false;
      tail_.append({part.data(), static_cast<std::size_t>(got)});
    }
    return true;
  }

  /// Until it is reaped its number is its own, and that of its group, once it leads one.
  void signal_group(int signal) {
    if (::kill(-child_.pid, signal) != 0) ::kill(child_.pid, signal);
  }

  void kill_all() {
    signal_group(SIGKILL);
    if (hooks_.kill_group) hooks_.kill_group();
  }

  /// And can be reaped.
  [[nodiscard]] bool has_died() const {
    siginfo_t info{};
    return ::waitid(P_PIDFD, static_cast<id_t>(child_.handle.get()), &info,
                    WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
  }

  void time_is_up() {
    if (phase_ == Phase::Ended) return;
    if (has_died()) return died();  // the timer's handler was the earlier one, its death was not
    switch (phase_) {
      case Phase::Running:
        signal_group(SIGTERM);
        enter(Phase::Leaving, kTimeToLeave);
        break;
      case Phase::Leaving:
        kill_all();
        enter(Phase::Killed, kTimeToDie);
        break;
      case Phase::Killed: {
        phase_ = Phase::Stuck;
        (void)read_some();
        const auto hook = hooks_.on_stuck;  // which may destroy us
        hook(ended(ends_as_, 0));
        break;
      }
      case Phase::Stuck:
      case Phase::Ended:
        break;
    }
  }

  void enter(Phase phase, std::chrono::nanoseconds limit) {
    phase_ = phase;
    arm(limit);
  }

  /// The kernel says the death of a traced process twice: the handle is readable at once, but the
  /// process can be reaped when its tracer has let it go. Its deadline stays.
  void died() {
    if (phase_ == Phase::Ended) return;
    if (!has_died()) {
      tracer_timer_.expires_after(kLookAgain);
      return tracer_timer_.async_wait(guarded(&Impl::died));
    }
    const Phase before = std::exchange(phase_, Phase::Ended);
    timer_.cancel();
    tracer_timer_.cancel();
    (void)read_some();  // what it wrote last
    kill_all();
    siginfo_t info{};
    while (::waitid(P_PIDFD, static_cast<id_t>(child_.handle.get()), &info, WEXITED | WNOHANG) !=
               0 &&
           errno == EINTR) {
    }
    const Hooks hooks = hooks_;  // which may destroy us
    if (before == Phase::Stuck) return hooks.on_loose();
    hooks.on_ended(how_it_ended(before, info));
  }

  RunEnded how_it_ended(Phase before, const siginfo_t& info) {
    if (const auto failure = failure_of(child_)) {
      RunEnded result = ended(RunEnd::CannotRun, failure->number);
      result.step = failure->step;
      return result;
    }
    if (before != Phase::Running) return ended(ends_as_, 0);
    if (info.si_code == CLD_EXITED) return ended(RunEnd::Exit, info.si_status);
    return ended(RunEnd::Signal, info.si_status);
  }

  RunEnded ended(RunEnd how, int number) {
    return {.how = how,
            .number = number,
            .last_line = tail_.last_line(),
            .duration = Clock::now() - began_};
  }

  Launched child_;
  Hooks hooks_;
  stream_descriptor death_;
  stream_descriptor output_;
  boost::asio::steady_timer timer_;  ///< to the deadline, and then to what comes next: arm()
  std::uint64_t arming_ = 0;
  boost::asio::steady_timer tracer_timer_;
  Clock::time_point began_;
  std::chrono::nanoseconds timeout_;
  OutputTail tail_;
  Phase phase_ = Phase::Running;
  RunEnd ends_as_ = RunEnd::Deadline;  ///< where it does not end by itself
};

RunningProgram::RunningProgram(boost::asio::io_context& loop, Launched child,
                               std::chrono::nanoseconds timeout, Hooks hooks)
    : impl_(std::make_shared<Impl>(loop, std::move(child), timeout, std::move(hooks))) {
  impl_->start();
}
RunningProgram::~RunningProgram() {
  impl_->forget();
}
void RunningProgram::end(RunEnd how) {
  impl_->end(how);
}

}  // namespace evenkeel::daemon
