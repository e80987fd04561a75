// Waiting for what a loop brings.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>

namespace evenkeel::daemon {

/// Whether the condition came true: what does not come in a minute does not come.
template <typename Condition>
bool run_until(boost::asio::io_context& loop, const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    loop.restart();
    loop.run_one_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace evenkeel::daemon
