// The descriptors that a thread waits for, each with a tag. A wait for 1,000 of them takes no
// longer than for one (epoll).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/epoll.h>
#include <system_error>

#include "daemon/os/unique_fd.h"
#include "vrrp/types.h"

namespace evenkeel::vrrp {

class PollSet {
 public:
  PollSet();

  /// The first error of the kernel: from then on wait() may not tell of some that are readable.
  [[nodiscard]] std::error_code error() const { return error_; }

  /// wait() returns `tag` while `fd` is readable. Each descriptor is added once.
  void add(int fd, void* tag);
  /// Called before the last owner closes it.
  void remove(int fd);
  /// Waits until one is readable, no longer than `timeout`. Returns the tags of those that are, at
  /// most kMost; the next call returns the others. Valid until the next call.
  [[nodiscard]] std::span<void* const> wait(Duration timeout);

 private:
  void note(int result);

  static constexpr std::size_t kMost = 256;
  UniqueFd fd_;
  std::error_code error_;
  std::array<epoll_event, kMost> events_{};
  std::array<void*, kMost> tags_{};
};

}  // namespace evenkeel::vrrp
