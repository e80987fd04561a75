// UTF-8 in octets that anybody may have sent. Pure, and of the lowest layer (words.h).
#pragma once

#include <cstddef>
#include <string_view>

namespace evenkeel::fields {

/// Octets of the character at the start of `text`; 0: there is none (RFC 3629 section 4: no
/// overlong forms, no surrogates, nothing above U+10FFFF).
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// An octet of a character other than its first one.
[[nodiscard]] constexpr bool is_utf8_tail(char octet) {
  return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U;
}

}  // namespace evenkeel::fields
