// UnitControl with its clock in hand: what begins after a time, and how it ends.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/units/unit_control.h"

namespace evenkeel::daemon {

class DrivenUnits {
 protected:
  /// The tasks that begin after this time: "look a.service".
  std::vector<std::string> begun(std::chrono::milliseconds later = {}) {
    now_ += later;
    std::vector<std::string> result;
    for (const UnitControl::Request& each : control_.next(now_)) {
      result.push_back(std::string(to_string(each.task)) + " " + each.unit);
      task_ = each.task;
    }
    return result;
  }
  /// The notices at the end of the task that began last.
  std::vector<Notice> ended(const RunEnded& ended, const std::string& unit = "a.service") {
    return control_.has_ended(unit, task_, ended, now_);
  }

  UnitControl control_;
  UnitControl::TimePoint now_{};
  UnitTask task_ = UnitTask::Look;
};

}  // namespace evenkeel::daemon
