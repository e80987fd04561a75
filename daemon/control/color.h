// Terminal colours (ECMA-48 SGR), around text that says the same without them.
//
// Pure.
#pragma once

#include <cstdint>
#include <string>

namespace evenkeel::daemon {

enum class Color : std::uint8_t { None = 0, Red = 31, Green = 32, Yellow = 33 };

inline void begin_color(std::string& out, Color color, bool enabled) {
  if (!enabled || color == Color::None) return;
  out += "\x1b[" + std::to_string(static_cast<unsigned>(color)) + "m";
}

inline void end_color(std::string& out, Color color, bool enabled) {
  if (enabled && color != Color::None) out += "\x1b[0m";
}

}  // namespace evenkeel::daemon
