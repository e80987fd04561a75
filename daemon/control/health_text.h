// What status says about health, in the columns that ipvsadm does not have.
//
// Pure. A real server: its state in a column of its own, then why: "up 12d      200 in 4ms",
// "down 12m    connect timeout (3 of 3)", "unknown     waiting for the first check". A service:
// "web   2/3 up, quorum 1".
#pragma once

#include <chrono>
#include <string>

#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

/// `narrow`: without the time of a failure, which has its age.
void append_health(std::string& out, const RealServerSnapshot& server,
                   std::chrono::system_clock::time_point now, bool color, bool narrow = false);

void append_service_health(std::string& out, const ServiceSnapshot& service, bool color);

}  // namespace evenkeel::daemon
