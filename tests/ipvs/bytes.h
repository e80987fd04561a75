// Bytes as the documents print them: "14 00 03 00  c0 00 02 0a".
#pragma once

#include <cctype>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel::ipvs {

inline std::vector<std::byte> bytes(std::string_view text) {
  std::vector<std::byte> out;
  std::string digits;
  for (const char c : text) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) continue;
    digits.push_back(c);
    if (digits.size() < 2) continue;
    out.push_back(static_cast<std::byte>(std::stoul(digits, nullptr, 16)));
    digits.clear();
  }
  return out;
}

/// In rows of four, so that a difference is found by eye.
inline std::string text(std::span<const std::byte> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::size_t index = 0; index < bytes.size(); ++index) {
    const auto value = std::to_integer<std::uint8_t>(bytes[index]);
    out.push_back(kDigits[value >> 4U]);
    out.push_back(kDigits[value & 0xfU]);
    out.push_back(index % 4 == 3 ? '\n' : ' ');
  }
  return out;
}

}  // namespace evenkeel::ipvs
