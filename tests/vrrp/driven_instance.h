// An Instance with its clock in hand, for tests: events in, actions out as one line of text
// ("advertise 100, announce"), times as durations since the start.
#pragma once

#include <optional>
#include <string>

#include "vrrp/instance.h"

namespace evenkeel::vrrp {

using namespace std::chrono_literals;

/// Lower and higher than the instance's own address, 192.0.2.5.
inline const char* const kLowAddress = "192.0.2.2";
inline const char* const kHighAddress = "192.0.2.9";

/// Version 3, priority 100, 1 s, one address, announcements at 0 s and 1 s and never again.
[[nodiscard]] InstanceConfig some_config();
[[nodiscard]] std::string to_text(const Actions& actions);

class DrivenInstance {
 public:
  explicit DrivenInstance(InstanceConfig config = some_config(), bool is_grouped = false);

  /// The clock, since the start; never back.
  DrivenInstance& at(Duration time);
  /// What it does about an event now. Reports are left out: reported() tells.
  std::string on(const Event& event);
  /// Of the last event.
  [[nodiscard]] bool reported() const { return reported_; }

  // Words for the most frequent events.
  std::string starts();  ///< interface usable, not ready; then Startup
  std::string hears(const char* source, std::uint8_t priority, Duration interval = 1s);
  /// With a list of addresses that is not ours.
  std::string hears_list(const char* source, std::uint8_t priority,
                         std::span<const std::uint8_t> list, ListMatch match);
  /// An advertisement that the kernel received at `time`, read now.
  std::string hears_late(const char* source, std::uint8_t priority, Duration time);
  /// TimerExpired now.
  std::string expires();
  /// Waits for deadline() (which must be there), then TimerExpired.
  std::string waits();
  std::string installed() { return on(AddressesInstalled{}); }

  /// To the state that a test begins in. Master: since 3609375us, installed and announced once.
  static DrivenInstance backup(InstanceConfig config = some_config());
  static DrivenInstance master(InstanceConfig config = some_config());

  [[nodiscard]] std::optional<Duration> deadline() const;
  [[nodiscard]] Duration now() const { return now_; }
  [[nodiscard]] TimePoint time() const { return kStart + now_; }
  [[nodiscard]] State state() const { return instance_.state(); }
  [[nodiscard]] Reason reason() const { return instance_.reason(); }
  [[nodiscard]] InstanceStatus status() const { return instance_.status(); }
  [[nodiscard]] Instance& instance() { return instance_; }

  static constexpr TimePoint kStart{std::chrono::hours(1)};

 private:
  Instance instance_;
  Duration now_{};
  bool reported_ = false;
};

}  // namespace evenkeel::vrrp
