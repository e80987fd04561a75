// Bytes to a descriptor, at once or held back until all of them are there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace evenkeel::ctl {

class Output {
 public:
  explicit Output(int descriptor, bool holds = false) : descriptor_(descriptor), holds_(holds) {}

  /// False, with errno, when the descriptor does not take them.
  [[nodiscard]] bool write(std::string_view bytes);
  /// Writes what was held back.
  [[nodiscard]] bool flush();
  /// Writes it over what a terminal shows: line by line, so that nothing is blank in between.
  [[nodiscard]] bool redraw();
  void discard() { held_.clear(); }

 private:
  int descriptor_;
  bool holds_;
  std::vector<std::string> held_;  ///< in parts: megabytes that grow in one string are copied

  [[nodiscard]] bool write_through(std::string_view bytes) const;
};

/// `evenkeel: MESSAGE` on standard error.
void complain(std::string_view message);

/// Whether to colour what goes to this descriptor: a terminal that can, and no NO_COLOR.
[[nodiscard]] bool wants_color(int descriptor);
/// Whether it is a terminal that can move its cursor.
[[nodiscard]] bool is_screen(int descriptor);

/// Whether it is a terminal of less than kNarrowBelow columns (protocol.h).
[[nodiscard]] bool is_narrow(int descriptor);

}  // namespace evenkeel::ctl
