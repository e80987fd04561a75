#include "daemon/config/key_depth.h"

namespace evenkeel::daemon {
namespace {

/// Where the string that starts at `at` ends: one past its closing quotes. A single-line string
/// ends at the end of its line, closed or not: unclosed, toml++ stops there.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const bool has_escapes = quote == '"';
  const bool is_multiline = text.substr(at, 3) == std::string_view(quote == '"' ? "\"\"\"" : "'''");
  for (std::size_t i = at + (is_multiline ? 3 : 1); i < text.size(); ++i) {
    if (text[i] == '\n' && !is_multiline) return i;
    if (text[i] == '\\' && has_escapes) {
      ++i;
    } else if (text[i] == quote) {
      if (!is_multiline) return i + 1;
      if (text.substr(i, 3) == text.substr(at, 3)) {
        i += 3;
        // Up to two quotes may stand directly before the closing ones.
        for (int extra = 0; extra < 2 && i < text.size() && text[i] == quote; ++extra) ++i;
        return i;
      }
    }
  }
  return text.size();
}

}  // namespace

std::optional<std::uint32_t> too_deep_key_line(std::string_view text) {
  std::uint32_t line = 1;
  std::size_t dots = 0;
  for (std::size_t i = 0; i < text.size();) {
    switch (text[i]) {
      case '#':
        while (i < text.size() && text[i] != '\n') ++i;
        continue;
      case '"':
      case '\'': {
        const std::size_t end = end_of_string(text, i);
        for (; i < end; ++i) line += text[i] == '\n' ? 1 : 0;
        continue;
      }
      case '\n':
        ++line;
        dots = 0;
        break;
      case '=':
      case ',':
      case '[':
      case ']':
      case '{':
      case '}':
        dots = 0;
        break;
      case '.':
        if (++dots >= kMaxKeyParts) return line;
        break;
      default:
        break;
    }
    ++i;
  }
  return std::nullopt;
}

}  // namespace evenkeel::daemon
