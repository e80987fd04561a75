// The wait before the next try after a failure. Pure.
#pragma once

#include <algorithm>
#include <chrono>

namespace evenkeel::daemon {

using Backoff = std::chrono::steady_clock::duration;

constexpr Backoff kLongestBackoff = std::chrono::seconds(30);

/// Twice the one before, from 1 s up to kLongestBackoff; zero = there was none before.
[[nodiscard]] constexpr Backoff next_backoff(Backoff before) {
  return before == Backoff::zero() ? std::chrono::seconds(1)
                                   : std::min(before * 2, kLongestBackoff);
}

}  // namespace evenkeel::daemon
