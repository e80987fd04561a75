// Values from one thread to another, and a descriptor that is readable while there are some.
#pragma once

#include <cstdint>
#include <iterator>
#include <mutex>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "daemon/os/unique_fd.h"

namespace evenkeel::vrrp {

template <typename T>
class Mailbox {
 public:
  Mailbox() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { values_.reserve(kUsual); }

  void post(std::vector<T>&& values) {
    if (values.empty()) return;
    {
      const std::lock_guard lock(mutex_);
      values_.insert(values_.end(), std::make_move_iterator(values.begin()),
                     std::make_move_iterator(values.end()));
    }
    values.clear();
    const std::uint64_t one = 1;
    (void)!::write(event_.get(), &one, sizeof one);
  }

  /// Into `values`, which is cleared first and whose memory is used for the next ones.
  void take(std::vector<T>& values) {
    values.clear();
    std::uint64_t count = 0;
    (void)!::read(event_.get(), &count, sizeof count);
    const std::lock_guard lock(mutex_);
    values_.swap(values);
  }

  [[nodiscard]] int fd() const { return event_.get(); }

 private:
  static constexpr std::size_t kUsual = 256;
  std::mutex mutex_;
  std::vector<T> values_;
  UniqueFd event_;
};

}  // namespace evenkeel::vrrp
