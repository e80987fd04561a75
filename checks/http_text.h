// Small questions about the text of an HTTP message.
//
// Pure. RFC 9110 section 5.6 (tokens, lists, blanks).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace evenkeel::checks {

/// Names of methods, fields and codings but the case of ASCII letters.
[[nodiscard]] bool equals_ignoring_case(std::string_view left, std::string_view right);
/// RFC 9110 section 5.6.2
[[nodiscard]] bool is_token(std::string_view text);
[[nodiscard]] bool is_blank(char c);  ///< space or tab
/// Without the spaces and tabs, and carriage returns, at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// Cuts the next element of a comma-separated list from `list`, trimmed; empty ones are left out.
/// Nothing: that was all.
[[nodiscard]] std::optional<std::string_view> next_element(std::string_view& list);
/// A stranger's text for a log line: in quotation marks, what is not visible ASCII as "?", at most
/// `longest` octets of it.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t longest = 24);

}  // namespace evenkeel::checks
