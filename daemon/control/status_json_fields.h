// The objects of a status answer in JSON, one function each; the schema is in protocol.h.
//
// Pure.
#pragma once

#include <string>

#include "daemon/balancer/snapshot.h"

namespace evenkeel::daemon {

/// The head line up to and with the "[" of its instances; the caller appends those and
/// kInstancesSuffix.
void append_json_head_begin(std::string& out, const Snapshot& snapshot);

/// A service up to and with the "[" of its real servers; the caller appends those and "]}".
void append_json_service_begin(std::string& out, const ServiceSnapshot& service,
                               bool with_statistics);

void append_json_server(std::string& out, const RealServerSnapshot& server, bool with_statistics);

}  // namespace evenkeel::daemon
