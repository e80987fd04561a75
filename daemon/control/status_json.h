// Status for programs: one head line, any number of service lines, then the end (protocol.h); or
// one document: the head's members, "services" and "exit_code".
//
// Pure. Written a chunk at a time; a chunk may end inside a line, so that a service with thousands
// of real servers costs no more memory than another.
//
// The members stand beside the structs (balancer/snapshot.h); evenkeel-json(5) has the list of them
// (json_reference.h). The head line has "more":true. A service line is kServicesPrefix, services
// joined by ",", and ],"more":true} in this exact form.
#pragma once

#include <memory>
#include <string_view>

#include "daemon/balancer/snapshot.h"
#include "daemon/control/answer.h"
#include "daemon/control/status_request.h"

namespace evenkeel::daemon {

constexpr std::string_view kServicesPrefix = R"({"ok":true,"services":[)";

/// The answer to a status request in JSON. `request.services` has been applied already.
[[nodiscard]] std::unique_ptr<Answer> status_json_answer(std::shared_ptr<const Snapshot> snapshot,
                                                         const StatusRequest& request,
                                                         int exit_code, bool is_document = false);

}  // namespace evenkeel::daemon
