// An instance in JSON, the same in the answers to status and to vrrp; the schema is in
// status_json.h.
//
// Pure.
#pragma once

#include <string>

#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

void append_json_instance(std::string& out, const InstanceSnapshot& instance);

}  // namespace evenkeel::daemon
