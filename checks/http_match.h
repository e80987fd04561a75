// The request of an HTTP check, and which status passes.
//
// Pure. The answer's bytes are http_response.h, the search in its body is stream_search.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checks/check.h"

namespace evenkeel::checks {

[[nodiscard]] bool is_accepted(std::uint16_t status, const std::vector<StatusRange>& ranges);

/// The whole request, HTTP/1.1: Host, User-Agent: evenkeel, Accept: */*, Connection: close, then
/// the check's own headers, which replace those of the same name. POST, PUT and PATCH say
/// Content-Length: 0 (RFC 9110 section 8.6). The parts of the check must be as request_text.h says.
[[nodiscard]] std::string render_request(const HttpCheck& check, const Address& address,
                                         std::uint16_t port);

}  // namespace evenkeel::checks
