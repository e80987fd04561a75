// The balancer's notices to the log.
#pragma once

#include <vector>

#include "daemon/balancer/balancer.h"

namespace evenkeel::daemon {

void log(const std::vector<Notice>& notices);

}  // namespace evenkeel::daemon
