// The text of an errno, in any thread.
#pragma once

#include <array>
#include <cstring>
#include <string>

namespace evenkeel::daemon {

/// "Too many open files"
[[nodiscard]] inline std::string text_of(int error) {
  std::array<char, 128> buffer{};
  return ::strerror_r(error, buffer.data(), buffer.size());  // GNU's
}

}  // namespace evenkeel::daemon
