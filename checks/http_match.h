// The request of an HTTP check, and which status passes.
//
// Pure. The answer's bytes are http_response.h, the search in its body is stream_search.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"

namespace evenkeel::checks {

[[nodiscard]] bool is_accepted(std::uint16_t status, const std::vector<StatusRange>& ranges);

/// The whole request, HTTP/1.1: Host, User-Agent: evenkeel, Accept: */*, Connection: close, then
/// the check's own headers, which replace those of the same name. POST, PUT and PATCH say
/// Content-Length: 0 (RFC 9110 section 8.6). The check must have no request_problem().
[[nodiscard]] std::string render_request(const HttpCheck& check, const Address& address,
                                         std::uint16_t port);

/// Why the request cannot be sent: a method or header name that is no token, a path that does
/// not begin with "/" (or is not "*") or holds a space, a control character anywhere (it could
/// begin a second request). Nothing = fine. For the parser of configurations.
[[nodiscard]] std::optional<std::string> request_problem(const HttpCheck& check);

}  // namespace evenkeel::checks
