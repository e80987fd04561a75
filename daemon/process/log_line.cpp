#include "daemon/process/log_line.h"

#include <cstdint>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "daemon/fields/utf8.h"

namespace evenkeel::daemon {
namespace {

/// syslog(3): LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG.
int priority(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return 3;
    case Severity::Warning:
      return 4;
    case Severity::Info:
      return 6;
    case Severity::Debug:
      return 7;
  }
  return 7;
}

std::string_view role_of(const LogLine& line) {
  return line.role.empty() ? "main" : line.role;
}

/// main's own lines carry no role in text: they are the daemon's.
std::string role_prefix(const LogLine& line) {
  return line.role.empty() ? std::string() : fmt::format("{}: ", line.role);
}

std::string timestamp(std::chrono::system_clock::time_point time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time - second).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(second)), milliseconds);
}

std::string json_escaped(std::string_view printable_text) {
  std::string escaped;
  escaped.reserve(printable_text.size());
  for (const char c : printable_text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace

std::string printable_line(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = fields::utf8_length(text);
    // U+0080 to U+009F are control characters too: terminals act on them.
    const bool is_control =
        first < 0x20 || first == 0x7F ||
        (length == 2 && first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0);
    if (length == 0 || is_control) {
      result += fmt::format("\\x{:02x}", first);
      text.remove_prefix(1);
    } else {
      result += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return result;
}

std::string text_line(const LogLine& line) {
  return fmt::format("{} {} {}{}\n", timestamp(line.time), name(line.severity), role_prefix(line),
                     printable_line(line.text));
}

std::string journal_line(const LogLine& line) {
  return fmt::format("<{}>{}{}\n", priority(line.severity), role_prefix(line),
                     printable_line(line.text));
}

std::string json_line(const LogLine& line) {
  return fmt::format(R"({{"time":"{}","level":"{}","role":"{}","text":"{}"}})"
                     "\n",
                     timestamp(line.time), name(line.severity), role_of(line),
                     json_escaped(printable_line(line.text)));
}

std::string journal_json_line(const LogLine& line) {
  return fmt::format("<{}>{}", priority(line.severity), json_line(line));
}

}  // namespace evenkeel::daemon
