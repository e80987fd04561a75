// What main tells the service manager (sd_notify(3)). Nothing happens where there is none.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace evenkeel::daemon {

/// Also the end of a reload. False: the receiver's queue is full, it is to be told again.
[[nodiscard]] bool notify_ready(std::string_view status);
/// A reload has begun. Needs Type=notify-reload, or is harmless.
void notify_reloading();
void notify_stopping(std::string_view status);
/// We are alive: at least twice per watchdog_interval().
void notify_watchdog();
/// The service manager's WatchdogSec=; nothing when it does not watch this process.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace evenkeel::daemon
