// A log record as one line of text or JSON. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "daemon/fields/severity.h"

namespace evenkeel::daemon {

using fields::Severity;

struct LogLine {
  std::chrono::system_clock::time_point time;
  Severity severity;
  std::string_view role;  ///< "" = main
  std::string_view text;  ///< anything; a child that was taken over may have written it
};

/// Printable as it stands on one line: control characters, DEL and octets that are not UTF-8 become
/// \xHH, a backslash stays.
[[nodiscard]] std::string printable_line(std::string_view text);

/// "2024-02-29T12:00:00.123Z warning checks: TEXT\n"; UTC.
[[nodiscard]] std::string text_line(const LogLine& line);
/// "<4>checks: TEXT\n": journald takes the priority off and knows the time (sd-daemon(3)).
[[nodiscard]] std::string journal_line(const LogLine& line);
/// {"time":"2024-02-29T12:00:00.123Z","level":"warning","role":"checks","text":"TEXT"}\n
[[nodiscard]] std::string json_line(const LogLine& line);
/// The same behind journald's priority.
[[nodiscard]] std::string journal_json_line(const LogLine& line);

}  // namespace evenkeel::daemon
