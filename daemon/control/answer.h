// An answer that is written while its reader takes it, so that the longest one costs one chunk of
// memory.
#pragma once

#include <cstddef>
#include <string>

namespace evenkeel::daemon {

class Answer {
 public:
  /// Octets that one append_next() aims at.
  static constexpr std::size_t kChunk = std::size_t{64} * 1024;

  virtual ~Answer() = default;

  /// Appends the next part to `out`: about kChunk octets, any number of lines, perhaps part of one.
  /// False when nothing was left to append.
  [[nodiscard]] virtual bool append_next(std::string& out) = 0;
};

}  // namespace evenkeel::daemon
