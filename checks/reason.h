// How a check ends: one name for each way, from the probe to the log, the metric and the status
// line.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace evenkeel::checks {

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

/// Whether the server answered, but wrongly: it is there and may be shutting down gracefully
/// (on_failure = "auto" quiesces), in contrast to one that is not there (it is removed). checks.md,
/// config.md.
[[nodiscard]] bool is_wrong_answer(Reason reason);
/// For people: "connect timeout".
[[nodiscard]] std::string_view to_string(Reason reason);
/// For programs: "connect_timeout".
[[nodiscard]] std::string_view name(Reason reason);
/// The inverse of name().
[[nodiscard]] std::optional<Reason> reason_from_name(std::string_view name);
/// The wire form is the enumerator's number; nothing for a number that is no Reason.
[[nodiscard]] std::optional<Reason> reason_from_number(std::uint8_t number);

}  // namespace evenkeel::checks
