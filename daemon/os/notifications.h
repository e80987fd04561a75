// What waits in an inotify queue.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <sys/inotify.h>
#include <unistd.h>

namespace evenkeel {

/// `act(watch, mask, name)` for each notification; watch -1: some were lost. name: in a directory
/// that is watched; "" is the watched file itself. Reads 1 MiB at most: the rest of a queue that is
/// filled faster waits for the next call. `queue` is non-blocking.
template <typename Act>
void read_notifications(int queue, Act&& act) {
  constexpr int kMaxReads = 128;
  // No thread_local: each thread of the process would have it on its stack, also the engine's.
  alignas(inotify_event) std::array<char, 8192> buffer;
  for (int reads = 0; reads < kMaxReads; ++reads) {
    const ssize_t count = ::read(queue, buffer.data(), buffer.size());
    if (count <= 0) return;
    for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
      inotify_event event;
      std::memcpy(&event, &buffer[at], sizeof event);
      const char* const name = &buffer[at + sizeof event];
      act(event.wd, event.mask,
          event.len > 0 ? std::string(name, ::strnlen(name, event.len)) : std::string());
      at += sizeof event + event.len;
    }
  }
}

}  // namespace evenkeel
