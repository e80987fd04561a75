#include "daemon/process/line_writer.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace evenkeel::daemon {
namespace {

UniqueFd reopen(int target) {
  const std::string path = "/proc/self/fd/" + std::to_string(target);
  return UniqueFd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

bool is_ready(int target, int milliseconds) {
  pollfd wanted{.fd = target, .events = POLLOUT, .revents = 0};
  return ::poll(&wanted, 1, milliseconds) == 1;
}

}  // namespace

// Regular files never make a writer wait for a reader. Pipes and terminals can be opened again
// through /proc: an open file of our own, with O_NONBLOCK. Sockets cannot, but know MSG_DONTWAIT.
// A target that cannot be opened again (a terminal of another user) is polled before each write of
// at most PIPE_BUF octets: a pipe that poll(2) calls writable has room for so many.
LineWriter::LineWriter(int target, std::function<std::string(std::uint64_t)> dropped_note)
    : target_(target), dropped_note_(std::move(dropped_note)) {
  struct stat status {};
  if (::fstat(target, &status) != 0 || S_ISREG(status.st_mode)) return;
  if (S_ISSOCK(status.st_mode)) {
    way_ = Way::Send;
    return;
  }
  reopened_ = reopen(target);
  way_ = reopened_ ? Way::Reopened : Way::Poll;
}

ssize_t LineWriter::write_some(std::string_view octets) {
  switch (way_) {
    case Way::Plain:
      return ::write(target_, octets.data(), octets.size());
    case Way::Reopened:
      return ::write(reopened_.get(), octets.data(), octets.size());
    case Way::Send:
      return ::send(target_, octets.data(), octets.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    case Way::Poll:
      break;
  }
  if (!is_ready(target_, 0)) {
    errno = EAGAIN;
    return -1;
  }
  return ::write(target_, octets.data(), std::min<std::size_t>(octets.size(), PIPE_BUF));
}

void LineWriter::write(std::string line) {
  waiting_octets_ += line.size();
  lines_.push_back(std::move(line));
  flush();
  while (waiting_octets_ > kMaxWaiting && !lines_.empty()) drop_oldest();
}

void LineWriter::flush() {
  while (has_current()) {
    const ssize_t count = write_some(current_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) return drop_all();  // EPIPE, EBADF, EIO: there is no reader, and none will come
    current_.erase(0, static_cast<std::size_t>(count));
    waiting_octets_ -= static_cast<std::size_t>(count);
  }
}

bool LineWriter::has_current() {
  if (!current_.empty()) return true;
  if (dropped_ > 0) {
    current_ = dropped_note_(std::exchange(dropped_, 0));
    waiting_octets_ += current_.size();
  } else if (!lines_.empty()) {
    current_ = std::move(lines_.front());
    lines_.pop_front();
  }
  return !current_.empty();
}

void LineWriter::drop_oldest() {
  waiting_octets_ -= lines_.front().size();
  lines_.pop_front();
  ++dropped_;
}

void LineWriter::drop_all() {
  lines_.clear();
  current_.clear();
  dropped_ = 0;
  waiting_octets_ = 0;
}

void LineWriter::drain(std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  for (flush(); waiting_octets_ > 0; flush()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    is_ready(target_, static_cast<int>(left.count()));
  }
}

}  // namespace evenkeel::daemon
