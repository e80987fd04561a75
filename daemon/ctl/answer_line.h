// What a line of an answer in text says (protocol.h).
//
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace evenkeel::ctl {

/// "ok":false. Its code is a name of protocol.h, or "" when the line is none of ours.
struct Refusal {
  std::string code;
  std::string message;
};

/// Octets that follow, or the end.
struct AnswerLine {
  std::size_t bytes = 0;
  std::size_t error_bytes = 0;
  bool is_end = false;
  int exit_code = 0;
};

[[nodiscard]] tl::expected<AnswerLine, Refusal> parse_answer_line(std::string_view line);

}  // namespace evenkeel::ctl
