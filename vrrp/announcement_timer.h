// When the announcements of a takeover go out: a burst, then a slow refresh.
#pragma once

#include <optional>

#include "vrrp/config.h"

namespace evenkeel::vrrp {

class AnnouncementTimer {
 public:
  /// From the start of the burst.
  void start(const AnnouncementSchedule& schedule, TimePoint now);
  void stop() { next_.reset(); }
  /// Nothing: it is stopped, or the schedule has ended.
  [[nodiscard]] std::optional<TimePoint> next() const { return next_; }
  /// True: announce now. Entries that were missed together are one announcement.
  [[nodiscard]] bool expire(const AnnouncementSchedule& schedule, TimePoint now);

 private:
  void arm(const AnnouncementSchedule& schedule, TimePoint now);

  TimePoint start_{};
  std::size_t done_ = 0;  ///< entries of schedule.at
  std::optional<TimePoint> next_;
};

}  // namespace evenkeel::vrrp
