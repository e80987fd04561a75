// Status for programs: the lines that protocol.h describes.
//
// Pure. Written a chunk at a time; a chunk may end inside a line, so that a service with thousands
// of real servers costs no more memory than another.
#pragma once

#include <memory>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/answer.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

/// The answer to a status request in JSON. `request.services` has been applied already.
[[nodiscard]] std::unique_ptr<Answer> status_json_answer(std::shared_ptr<const Snapshot> snapshot,
                                                         const StatusRequest& request,
                                                         int exit_code);

}  // namespace evenkeel::daemon
