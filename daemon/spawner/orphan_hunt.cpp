#include "daemon/spawner/orphan_hunt.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <optional>
#include <utility>

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kDying = 2ms;    ///< what was killed is dead then, and its children are ours
constexpr auto kWatching = 1s;  ///< between looks at what is spared, or at runs

}  // namespace

class OrphanHunt::Impl : public std::enable_shared_from_this<OrphanHunt::Impl> {
 public:
  Impl(boost::asio::io_context& loop, Hooks hooks) : timer_(loop), hooks_(std::move(hooks)) {}

  void begin() {
    const Found found = look();
    if (found.killed == 0 && found.reaped > 0) return arm(kDying);  // what it had is ours by now
    if (found.killed == 0) return end(found);
    if (!since_) since_ = Clock::now();
    if (Clock::now() - *since_ < kPatience) return arm(kDying);
    if (!std::exchange(has_warned_, true)) {
      hooks_.warn("programs have left processes behind that are there after " +
                  std::to_string(kPatience.count()) +
                  " s of killing: " + std::to_string(found.killed) + " now");
    }
    arm(kWatching);  // what nobody can kill is not to keep us busy
    if (auto done = std::exchange(done_, {})) done();
  }

  void watch() {
    is_watching_ = true;
    if (!is_armed_) arm(kWatching);
  }

  void finish(std::function<void()> done) {
    done_ = std::move(done);
    begin();
  }

 private:
  struct Found {
    std::size_t killed = 0;
    std::size_t reaped = 0;
    bool has_known = false;
    bool has_spared = false;
  };

  Found look() {
    Found found;
    for (const pid_t pid : children()) {
      if (hooks_.is_known(pid)) {
        found.has_known = true;
        continue;
      }
      if (reap_dead(pid)) {
        ++found.reaped;
        continue;
      }
      const auto stat = stat_of(pid);
      if (stat && hooks_.is_spared(*stat)) {
        found.has_spared = true;
        continue;
      }
      hooks_.kill(pid);
      ++found.killed;
    }
    return found;
  }

  void end(const Found& found) {
    since_.reset();
    has_warned_ = false;
    disarm();
    is_watching_ = is_watching_ && found.has_known;
    if (is_watching_ || found.has_spared) arm(kWatching);
    if (auto done = std::exchange(done_, {})) done();
  }

  void arm(Clock::duration delay) {
    is_armed_ = true;
    timer_.expires_after(delay);
    timer_.async_wait([weak = weak_from_this(), arming = ++arming_](const auto& error) {
      const auto self = weak.lock();
      if (self && !error && self->arming_ == arming) self->begin();
    });
  }

  void disarm() {
    is_armed_ = false;
    ++arming_;
    timer_.cancel();
  }

  boost::asio::steady_timer timer_;
  Hooks hooks_;
  bool is_watching_ = false;
  bool is_armed_ = false;
  std::uint64_t arming_ = 0;                ///< of timer_; an earlier one's handler does nothing
  std::optional<Clock::time_point> since_;  ///< something is killed at each look
  bool has_warned_ = false;
  std::function<void()> done_;
};

OrphanHunt::OrphanHunt(boost::asio::io_context& loop, Hooks hooks)
    : impl_(std::make_shared<Impl>(loop, std::move(hooks))) {}
OrphanHunt::~OrphanHunt() = default;
void OrphanHunt::begin() {
  impl_->begin();
}
void OrphanHunt::watch() {
  impl_->watch();
}
void OrphanHunt::finish(std::function<void()> done) {
  impl_->finish(std::move(done));
}

}  // namespace evenkeel::daemon
