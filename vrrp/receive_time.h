// When the kernel has received a packet, by the kernel's timestamp (SO_TIMESTAMPNS).
#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <optional>
#include <sys/socket.h>

#include "vrrp/types.h"

namespace evenkeel::vrrp {

/// By the wall clock (CLOCK_REALTIME).
using ReceiveTime = std::chrono::system_clock::time_point;

/// Nothing: the header is no receive time.
[[nodiscard]] inline std::optional<ReceiveTime> receive_time(const cmsghdr& header) {
  if (header.cmsg_level != SOL_SOCKET || header.cmsg_type != SCM_TIMESTAMPNS) return std::nullopt;
  timespec time{};
  std::memcpy(&time, CMSG_DATA(&header), sizeof time);
  return ReceiveTime(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

[[nodiscard]] inline std::optional<ReceiveTime> receive_time(msghdr& message) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (const auto time = receive_time(*header)) return time;
  }
  return std::nullopt;
}

/// By our clock. `now` and `wall_clock`: the same moment. The wall clock may have been set
/// meanwhile: not after `now`, and at most `longest` before.
[[nodiscard]] inline TimePoint on_our_clock(const std::optional<ReceiveTime>& received,
                                            TimePoint now, ReceiveTime wall_clock,
                                            Duration longest) {
  if (!received) return now;
  const auto age = std::chrono::duration_cast<Duration>(wall_clock - *received);
  return now - std::clamp<Duration>(age, Duration::zero(), longest);
}

/// Likewise, of what is looked at soon, as a rule: nothing was waiting at `drained`. Where it seems
/// to be older than that, and than `oldest`, the wall clock was set meanwhile, and it came just
/// now.
[[nodiscard]] inline TimePoint on_our_clock_soon(const std::optional<ReceiveTime>& received,
                                                 TimePoint now, ReceiveTime wall_clock,
                                                 Duration oldest, TimePoint drained) {
  const Duration longest = std::max(oldest, now - drained);
  const bool was_set = received && wall_clock - *received > longest;
  return was_set ? now : on_our_clock(received, now, wall_clock, longest);
}

}  // namespace evenkeel::vrrp
