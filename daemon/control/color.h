// Terminal colours (ECMA-48 SGR), around text that says the same without them.
//
// Pure.
#pragma once

#include <cstdint>
#include <string>

namespace evenkeel::daemon {

enum class Color : std::uint8_t { None, Red, Green, Yellow };

inline void begin_color(std::string& out, Color color, bool enabled) {
  if (!enabled || color == Color::None) return;
  switch (color) {
    case Color::None:
      break;
    case Color::Red:
      out += "\x1b[31m";
      break;
    case Color::Green:
      out += "\x1b[32m";
      break;
    case Color::Yellow:
      out += "\x1b[33m";
      break;
  }
}

inline void end_color(std::string& out, Color color, bool enabled) {
  if (enabled && color != Color::None) out += "\x1b[0m";
}

}  // namespace evenkeel::daemon
