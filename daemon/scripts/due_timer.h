// A timer for the next time at which something is due.
//
// On main's loop. Nothing waits here.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace evenkeel::daemon {

class DueTimer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// `act` is called from the loop, never from within a call.
  DueTimer(boost::asio::io_context& loop, std::function<void()> act)
      : timer_(loop), act_(std::move(act)) {}

  /// `act` is called once, at this time, and at no time that was given before; nothing: it is not.
  void wait_until(std::optional<TimePoint> time) {
    if (time == awaited_) return;
    awaited_ = time;
    if (!time) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(*time);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      awaited_.reset();
      act_();
    });
  }

 private:
  boost::asio::steady_timer timer_;
  std::function<void()> act_;
  std::optional<TimePoint> awaited_;
};

}  // namespace evenkeel::daemon
