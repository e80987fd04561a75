// The last octets of what a program has written, however much that was. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace evenkeel::daemon {

class OutputTail {
 public:
  static constexpr std::size_t kKept = 4096;

  void append(std::string_view octets);

  /// The last line with anything but blanks in it, without blanks around it; cut after kMaxLine
  /// octets, and not within a UTF-8 character. "" = there is none. A line that is longer than kKept
  /// is known by its end only.
  [[nodiscard]] std::string last_line() const;

 private:
  std::string kept_;  ///< at most 2 * kKept, so that it seldom moves
};

}  // namespace evenkeel::daemon
