// An answer that is written while its reader takes it, so that the longest one costs one chunk of
// memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

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

/// An answer that is there already: whole lines.
class WholeAnswer : public Answer {
 public:
  explicit WholeAnswer(std::string lines) : lines_(std::move(lines)) {}

  bool append_next(std::string& out) override {
    if (lines_.empty()) return false;
    out += std::exchange(lines_, {});
    return true;
  }

 private:
  std::string lines_;
};

[[nodiscard]] inline std::unique_ptr<Answer> whole_answer(std::string lines) {
  return std::make_unique<WholeAnswer>(std::move(lines));
}

}  // namespace evenkeel::daemon
