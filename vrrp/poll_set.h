// What a thread waits for: descriptors, each told by a tag. To wait takes no longer for 1,000 of
// them than for one (epoll).
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

  /// The first thing that the kernel has refused: from then on some may be readable that wait()
  /// does not tell.
  [[nodiscard]] std::error_code error() const { return error_; }

  /// Readable ones are told by `tag`. None twice.
  void add(int fd, void* tag);
  /// Before it is closed by its last owner.
  void remove(int fd);
  /// Waits for the first one, no longer than `timeout`. The tags of those that are readable, at
  /// most kMost: what is left out is told the next time. Valid until then.
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
