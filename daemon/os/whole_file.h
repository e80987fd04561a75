// All octets of a descriptor: read(2) and write(2), tried again after a signal. They block.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <unistd.h>

namespace evenkeel {

/// Appends what is left of the file to `text`, until it has `most` octets. False: errno has the
/// reason.
[[nodiscard]] inline bool read_start(int file, std::string& text, std::size_t most) {
  std::array<char, 65536> buffer;
  while (text.size() < most) {
    const ssize_t count = ::read(file, buffer.data(), std::min(buffer.size(), most - text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return true;
}

/// Appends all that is left of the file. EFBIG: the text would be longer than `limit`.
[[nodiscard]] inline bool read_all(int file, std::string& text, std::size_t limit) {
  if (!read_start(file, text, limit + 1)) return false;
  if (text.size() <= limit) return true;
  errno = EFBIG;
  return false;
}

/// False: errno has the reason.
[[nodiscard]] inline bool write_all(int file, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t count = ::write(file, octets.data(), octets.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace evenkeel
