#include "vrrp/announcement_timer.h"

namespace evenkeel::vrrp {

void AnnouncementTimer::start(const AnnouncementSchedule& schedule, TimePoint now) {
  start_ = now;
  done_ = 0;
  arm(schedule, now);
}

bool AnnouncementTimer::expire(const AnnouncementSchedule& schedule, TimePoint now) {
  if (!next_ || *next_ > now) return false;
  while (done_ < schedule.at.size() && start_ + schedule.at[done_] <= now) ++done_;
  arm(schedule, now);
  return true;
}

void AnnouncementTimer::arm(const AnnouncementSchedule& schedule, TimePoint now) {
  if (done_ < schedule.at.size()) {
    next_ = start_ + schedule.at[done_];
  } else if (schedule.refresh > Duration::zero()) {
    next_ = now + schedule.refresh;
  } else {
    next_.reset();
  }
}

}  // namespace evenkeel::vrrp
