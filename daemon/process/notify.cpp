#include "daemon/process/notify.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#include "daemon/os/unique_fd.h"

namespace evenkeel::daemon {
namespace {

/// One for all: a close() of any Unix socket may have the kernel collect what strangers have left
/// in theirs (net/unix/garbage.c), and wait for it.
int notify_socket() {
  static const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return socket.get();
}

/// One datagram to $NOTIFY_SOCKET (sd_notify(3)). Not libsystemd's own function: that one blocks
/// while the receiver's queue is full, and main never waits for anybody. False: it is full now.
/// Without a service manager there is nothing to do, and one that does not listen is not told.
bool notify(const std::string& state) {
  const char* name = std::getenv("NOTIFY_SOCKET");
  if (name == nullptr || (name[0] != '/' && name[0] != '@')) return true;
  const std::string_view path(name);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return true;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const bool is_abstract = address.sun_path[0] == '\0';
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract ? 0 : 1));
  if (notify_socket() < 0) return false;
  const ssize_t sent =
      ::sendto(notify_socket(), state.data(), state.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), size);
  return sent >= 0 || errno != EAGAIN;
}

/// A status is one line: a line of its own could say anything else.
std::string status_line(std::string_view status) {
  std::string line = fmt::format("STATUS={}", status);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

bool notify_ready(std::string_view status) {
  return notify("READY=1\n" + status_line(status));
}

void notify_reloading() {
  // CLOCK_MONOTONIC is what steady_clock reads; systemd compares it with its own.
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  (void)notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()));
}

void notify_stopping(std::string_view status) {
  (void)notify("STOPPING=1\n" + status_line(status));
}
void notify_watchdog() {
  (void)notify("WATCHDOG=1");
}

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t interval = 0;
  if (::sd_watchdog_enabled(0, &interval) <= 0) return std::nullopt;
  return std::chrono::microseconds(interval);
}

}  // namespace evenkeel::daemon
