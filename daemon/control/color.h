// Terminal colours (ECMA-48 SGR), around text that says the same without them.
//
// Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace evenkeel::daemon {

enum class Color : std::uint8_t { None, Red, Green, Yellow };

inline void begin_color(std::string& out, Color color, bool enabled) {
  constexpr std::array kCodes = {"", "\x1b[31m", "\x1b[32m", "\x1b[33m"};  // in the order of Color
  if (enabled) out += kCodes[static_cast<std::size_t>(color)];
}

inline void end_color(std::string& out, Color color, bool enabled) {
  if (enabled && color != Color::None) out += "\x1b[0m";
}

}  // namespace evenkeel::daemon
