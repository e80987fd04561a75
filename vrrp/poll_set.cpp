#include "vrrp/poll_set.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <time.h>

namespace evenkeel::vrrp {

PollSet::PollSet() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
  note(fd_.get());
}

void PollSet::note(int result) {
  if (result < 0 && errno != EINTR && !error_) error_ = {errno, std::system_category()};
}

void PollSet::add(int fd, void* tag) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = tag;
  note(::epoll_ctl(fd_.get(), EPOLL_CTL_ADD, fd, &event));
}

void PollSet::remove(int fd) {
  (void)::epoll_ctl(fd_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

std::span<void* const> PollSet::wait(Duration timeout) {
  // epoll_wait() itself knows milliseconds only.
  const auto nanoseconds = std::max<Duration::rep>(timeout.count(), 0);
  const timespec limit{.tv_sec = nanoseconds / 1'000'000'000,
                       .tv_nsec = nanoseconds % 1'000'000'000};
  pollfd polled{.fd = fd_.get(), .events = POLLIN, .revents = 0};
  const int ready = ::ppoll(&polled, 1, &limit, nullptr);
  note(ready);
  if (ready <= 0) return {};
  const int count = ::epoll_wait(fd_.get(), events_.data(), static_cast<int>(kMost), 0);
  note(count);
  const auto found = static_cast<std::size_t>(std::max(count, 0));
  for (std::size_t i = 0; i < found; ++i) tags_[i] = events_[i].data.ptr;
  return std::span(tags_).first(found);
}

}  // namespace evenkeel::vrrp
