// The objects of a status answer in JSON, one function each; the schema is in status_json.h.
//
// Pure.
#pragma once

#include <string>

#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

/// The members of the head, up to and with the "[" of its instances: in an object that the caller
/// has begun, and ends.
void append_json_head_begin(std::string& out, const Snapshot& snapshot);

/// A service up to and with the "[" of its real servers; the caller appends those and "]}".
void append_json_service_begin(std::string& out, const ServiceSnapshot& service,
                               bool with_statistics);

void append_json_server(std::string& out, const RealServerSnapshot& server, bool with_statistics);

}  // namespace evenkeel::daemon
