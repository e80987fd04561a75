// The answer to a vrrp request, text for people, JSON for programs: one line
// {"ok":true,"version":...,"node_name":...,"now":...,"instances":[...],"more":true}, then the end
// (protocol.h); or one document, with "exit_code". Instances are those of status
// (balancer/instance_snapshot.h).
//
// Pure. Written a chunk at a time.
#pragma once

#include <memory>
#include <vector>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/answer.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

/// `instances`: those of `snapshot` that were asked for (select_instances); `exit_code`: theirs.
[[nodiscard]] std::unique_ptr<Answer> vrrp_answer(std::shared_ptr<const Snapshot> snapshot,
                                                  std::vector<const InstanceSnapshot*> instances,
                                                  const Presentation& wants, int exit_code);

}  // namespace evenkeel::daemon
