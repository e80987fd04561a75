#include "daemon/ctl/answer_line.h"

#include <gtest/gtest.h>

#include "daemon/control/protocol.h"

namespace evenkeel::ctl {
namespace {

TEST(AnswerLine, TextThatFollowsAndTheEnd) {
  const auto text = parse_answer_line(R"({"ok":true,"bytes":65600,"more":true})");
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->bytes, 65600U);
  EXPECT_EQ(text->error_bytes, 0U);
  EXPECT_FALSE(text->is_end);
  EXPECT_EQ(parse_answer_line(R"({"ok":true,"error_bytes":3,"more":true})")->error_bytes, 3U);
  const auto end = parse_answer_line(daemon::end_line(1));
  ASSERT_TRUE(end.has_value());
  EXPECT_TRUE(end->is_end);
  EXPECT_EQ(end->exit_code, 1);
}

TEST(AnswerLine, ARefusalSaysWhy) {
  const auto refused =
      parse_answer_line(daemon::error_line({daemon::ErrorCode::UnknownService, "no \"web\""}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "unknown_service");
  EXPECT_EQ(refused.error().message, "no \"web\"");
}

TEST(AnswerLine, NonsenseIsARefusalOfOurs) {
  for (const char* line : {"", "x", "[]", "{}", R"({"ok":1})", R"({"ok":false})", R"({"ok":true})",
                           R"({"ok":true,"more":true})", R"({"ok":false,"error":3})"}) {
    const auto answer = parse_answer_line(line);
    ASSERT_FALSE(answer.has_value()) << line;
    EXPECT_EQ(answer.error().code, "") << line;
  }
}

}  // namespace
}  // namespace evenkeel::ctl
