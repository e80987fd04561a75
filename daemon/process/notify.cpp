#include "daemon/process/notify.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <systemd/sd-daemon.h>

namespace evenkeel::daemon {
namespace {

/// The result is not looked at: without a service manager there is nothing to do, and one that
/// does not answer is not told so.
void notify(const std::string& state) {
  (void)::sd_notify(0, state.c_str());
}

/// A status is one line: a line of its own could say anything else.
std::string status_line(std::string_view status) {
  std::string line = fmt::format("STATUS={}", status);
  std::replace(line.begin(), line.end(), '\n', ' ');
  return line;
}

}  // namespace

void notify_ready(std::string_view status) {
  notify("READY=1\n" + status_line(status));
}

void notify_reloading() {
  // CLOCK_MONOTONIC is what steady_clock reads; systemd compares it with its own.
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  notify(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()));
}

void notify_stopping(std::string_view status) {
  notify("STOPPING=1\n" + status_line(status));
}
void notify_status(std::string_view status) {
  notify(status_line(status));
}
void notify_watchdog() {
  notify("WATCHDOG=1");
}

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t interval = 0;
  if (::sd_watchdog_enabled(0, &interval) <= 0) return std::nullopt;
  return std::chrono::microseconds(interval);
}

}  // namespace evenkeel::daemon
