// How a check ends: one name for each way, from the probe to the log, the metric and the status
// line.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>

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
  ScriptExit,      ///< an exit status that fails
  ScriptSignal,    ///< a signal has killed the script
};

struct ReasonRow {
  Reason reason;
  bool is_wrong_answer;  ///< the server is there, and may be shutting down gracefully
  std::string_view name;
  std::string_view text = name;
};
inline constexpr ReasonRow kReasons[] = {
    {Reason::Passed, false, "passed"},
    {Reason::ConnectRefused, false, "connect_refused", "connect refused"},
    {Reason::ConnectTimeout, false, "connect_timeout", "connect timeout"},
    {Reason::Unreachable, false, "unreachable"},
    {Reason::Reset, false, "reset", "connection reset"},
    {Reason::Deadline, false, "deadline", "deadline passed"},
    {Reason::TcpExpect, true, "tcp_expect", "expected bytes missing"},
    {Reason::HttpStatus, true, "http_status", "HTTP status"},
    {Reason::HttpBody, true, "http_body", "expected body missing"},
    {Reason::HttpMalformed, true, "http_malformed", "malformed HTTP answer"},
    {Reason::HeaderTooLarge, true, "header_too_large", "HTTP headers too large"},
    {Reason::BodyTooLarge, true, "body_too_large", "HTTP body too large"},
    {Reason::HttpIncomplete, true, "http_incomplete", "HTTP answer cut short"},
    {Reason::LocalError, false, "local_error", "local error"},
    {Reason::ScriptExit, false, "script_exit", "exit status"},
    {Reason::ScriptSignal, false, "script_signal", "killed by signal"},
};
constexpr auto words_of(Reason) {
  std::array<fields::Word<Reason>, std::size(kReasons)> words{};
  std::transform(std::begin(kReasons), std::end(kReasons), words.begin(), [](const ReasonRow& row) {
    return fields::Word<Reason>{row.reason, row.name, row.text};
  });
  return words;
}

/// A server that answers wrongly is quiesced by on_failure = "auto", one that is not there is
/// removed (README.md).
[[nodiscard]] constexpr bool is_wrong_answer(Reason reason) {
  return std::any_of(std::begin(kReasons), std::end(kReasons), [reason](const ReasonRow& row) {
    return row.reason == reason && row.is_wrong_answer;
  });
}

}  // namespace evenkeel::checks
