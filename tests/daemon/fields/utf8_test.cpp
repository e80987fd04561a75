#include "daemon/fields/utf8.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>

namespace evenkeel::fields {
namespace {

std::string encoded(std::uint32_t character) {
  const auto octet = [](std::uint32_t value) { return static_cast<char>(value); };
  const auto tail = [&](unsigned shift) { return octet(0x80 | (character >> shift & 0x3F)); };
  if (character < 0x80) return {octet(character)};
  if (character < 0x800) return {octet(0xC0 | character >> 6), tail(0)};
  if (character < 0x10000) return {octet(0xE0 | character >> 12), tail(6), tail(0)};
  return {octet(0xF0 | character >> 18), tail(12), tail(6), tail(0)};
}

TEST(Utf8Length, OfEveryCharacterAndNoSurrogate) {
  for (std::uint32_t each = 0; each <= 0x10FFFF; ++each) {
    const std::string text = encoded(each);
    const bool is_surrogate = each >= 0xD800 && each <= 0xDFFF;
    ASSERT_EQ(utf8_length(text + "x"), is_surrogate ? 0 : text.size()) << each;
    ASSERT_EQ(utf8_length(std::string_view(text).substr(0, text.size() - 1)), 0U) << each;
  }
}

TEST(Utf8Length, RefusesWhatIsNone) {
  EXPECT_EQ(utf8_length(""), 0U);
  for (const char* each :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xC3x", "\xE2\x82x"}) {
    EXPECT_EQ(utf8_length(each), 0U) << each;
  }
}

}  // namespace
}  // namespace evenkeel::fields
