#include "daemon/fields/utf8.h"

namespace evenkeel::fields {

std::size_t utf8_length(std::string_view text) {
  const auto octet = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto is_tail = [&](std::size_t i) { return i < text.size() && is_utf8_tail(text[i]); };
  const unsigned first = octet(0);
  const unsigned second = octet(1);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const unsigned lowest = first == 0xE0 ? 0xA0 : 0x80;
    const unsigned highest = first == 0xED ? 0x9F : 0xBF;
    return second >= lowest && second <= highest && is_tail(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const unsigned lowest = first == 0xF0 ? 0x90 : 0x80;
    const unsigned highest = first == 0xF4 ? 0x8F : 0xBF;
    return second >= lowest && second <= highest && is_tail(2) && is_tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace evenkeel::fields
