// The balancer's notices to the log.
#pragma once

#include <vector>

#include "daemon/balancer/balancer.h"
#include "daemon/process/log.h"

namespace evenkeel::daemon {

inline void log(const std::vector<Notice>& notices) {
  for (const Notice& notice : notices) log(notice.level, notice.text);
}

}  // namespace evenkeel::daemon
