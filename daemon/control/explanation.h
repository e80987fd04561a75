// `evenkeel explain`: why an instance is what it is, and what would change it.
//
// Pure. It says what the election's rules make of the status (vrrp/README.md); of other nodes no
// more is known than what they advertise.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/balancer/instance_snapshot.h"

namespace evenkeel::daemon {

struct Explanation {
  std::vector<std::string> because;
  std::vector<std::string> changes;  ///< "check local_nginx holds: priority 150, and it preempts"
};
[[nodiscard]] Explanation explain(const InstanceSnapshot& instance);

/// A heading, and a line for each reason and each change.
void append_explanation(std::string& out, const InstanceSnapshot& instance,
                        std::chrono::system_clock::time_point now, bool color);

}  // namespace evenkeel::daemon
