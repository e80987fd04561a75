#include "daemon/fields/json_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <random>

namespace evenkeel::fields {
namespace {

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonText, PlainTextIsItself) {
  EXPECT_EQ(as_json("200 in 4ms"), "\"200 in 4ms\"");
}

TEST(JsonText, SpecialCharactersAreEscaped) {
  EXPECT_EQ(as_json("a\"b\\c\nd\te\x01\x7f"), R"("a\"b\\c\nd\te\u0001\u007f")");
  EXPECT_EQ(as_json(std::string_view("\0", 1)), R"("\u0000")");
}

TEST(JsonText, Utf8PassesAndEverythingElseIsReplaced) {
  EXPECT_EQ(as_json("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
            "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
  EXPECT_EQ(as_json("\xc0\x80"), R"("\ufffd\ufffd")");                      // overlong
  EXPECT_EQ(as_json("\xed\xa0\x80"), R"("\ufffd\ufffd\ufffd")");            // a surrogate
  EXPECT_EQ(as_json("\xf4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");  // above U+10FFFF
  EXPECT_EQ(as_json("\xe2\x82"), R"("\ufffd\ufffd")");                      // cut off
}

TEST(JsonText, WhateverIsWrittenAStrictParserReads) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 24, '\0');
    for (char& c : text) c = static_cast<char>(random() % 256);
    const auto parsed = nlohmann::json::parse(as_json(text), nullptr, false);
    ASSERT_TRUE(parsed.is_string()) << as_json(text);
  }
}

}  // namespace
}  // namespace evenkeel::fields
