// All about an instance, for people: what `tcpdump vrrp` shows of it, and what it cannot show.
//
// Pure.
#pragma once

#include <chrono>
#include <string>

#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

/// About twenty lines: a head, then a label and what it means on each.
void append_instance_text(std::string& out, const InstanceSnapshot& instance,
                          std::chrono::system_clock::time_point now, bool color);

}  // namespace evenkeel::daemon
