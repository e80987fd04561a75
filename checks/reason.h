// How a check ends: one name for each way, from the probe to the log, the metric and the status
// line.
#pragma once

#include <cstdint>

#include "daemon/fields/words.h"

namespace evenkeel::checks {

using fields::name;
using fields::to_string;

enum class Reason : std::uint8_t {
  Passed,
  ConnectRefused,
  ConnectTimeout,
  Unreachable,  ///< ICMP or no neighbour: EHOSTUNREACH, ENETUNREACH from the path
  Reset,        ///< the connection was reset, or closed without a word
  Deadline,     ///< connected, but not done in time
  TcpExpect,    ///< the first bytes do not contain `expect`
  HttpStatus,
  HttpBody,
  HttpMalformed,  ///< not an HTTP answer
  HeaderTooLarge,
  BodyTooLarge,
  HttpIncomplete,  ///< closed in order before the headers, or the body, were complete
  LocalError,      ///< our own fault: no descriptors, no port, no route out of this host
};
constexpr auto words_of(Reason) {
  using enum Reason;
  return fields::words<Reason>({{Passed, "passed"},
                                {ConnectRefused, "connect_refused", "connect refused"},
                                {ConnectTimeout, "connect_timeout", "connect timeout"},
                                {Unreachable, "unreachable"},
                                {Reset, "reset", "connection reset"},
                                {Deadline, "deadline", "deadline passed"},
                                {TcpExpect, "tcp_expect", "expected bytes missing"},
                                {HttpStatus, "http_status", "HTTP status"},
                                {HttpBody, "http_body", "expected body missing"},
                                {HttpMalformed, "http_malformed", "malformed HTTP answer"},
                                {HeaderTooLarge, "header_too_large", "HTTP headers too large"},
                                {BodyTooLarge, "body_too_large", "HTTP body too large"},
                                {HttpIncomplete, "http_incomplete", "HTTP answer cut short"},
                                {LocalError, "local_error", "local error"}});
}

/// Whether the server answered, but wrongly. Such a server is there, and may be shutting down
/// gracefully: on_failure = "auto" quiesces it. A server that is not there is removed
/// (README.md).
[[nodiscard]] bool is_wrong_answer(Reason reason);

}  // namespace evenkeel::checks
