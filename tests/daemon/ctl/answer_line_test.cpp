#include "daemon/ctl/answer_line.h"

#include <gtest/gtest.h>

#include "daemon/control/commands.h"
#include "daemon/control/instance_command_line.h"
#include "daemon/control/protocol.h"

namespace evenkeel::ctl {
namespace {

TEST(AnswerLine, TextThatFollowsAndTheEnd) {
  const auto text = parse_status_line(R"({"ok":true,"bytes":65600,"more":true})");
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->bytes, 65600U);
  EXPECT_FALSE(text->is_end);
  const auto end = parse_status_line(daemon::end_line(1));
  ASSERT_TRUE(end.has_value());
  EXPECT_TRUE(end->is_end);
  EXPECT_EQ(end->exit_code, 1);
}

TEST(AnswerLine, ARefusalSaysWhy) {
  const auto refused =
      parse_status_line(daemon::error_line({daemon::ErrorCode::UnknownService, "no \"web\""}));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "unknown_service");
  EXPECT_EQ(refused.error().message, "no \"web\"");
}

TEST(AnswerLine, NonsenseIsARefusalOfOurs) {
  for (const char* line : {"", "x", "[]", "{}", R"({"ok":1})", R"({"ok":false})", R"({"ok":true})",
                           R"({"ok":true,"more":true})", R"({"ok":false,"error":3})"}) {
    const auto answer = parse_status_line(line);
    ASSERT_FALSE(answer.has_value()) << line;
    EXPECT_EQ(answer.error().code, "") << line;
  }
  EXPECT_FALSE(parse_reload_line("{").has_value());
  for (const char* line : {"{", R"({"ok":true})", R"({"ok":true,"instances":[],"more":false})",
                           R"({"ok":true,"instances":{},"exit_code":0})",
                           R"({"ok":true,"instances":[1],"exit_code":0})"}) {
    EXPECT_FALSE(parse_instances_line(line).has_value()) << line;
  }
}

TEST(AnswerLine, WhatTheServerSaysOfAReloadIsRead) {
  daemon::ReloadResult result;
  result.message = "done";
  result.diagnostics = {{"a.toml", 12, 3, daemon::Severity::Warning, "odd"}};
  const auto done = parse_reload_line(daemon::reload_line(result));
  ASSERT_TRUE(done.has_value());
  EXPECT_EQ(done->message, "done");
  EXPECT_EQ(done->diagnostics, result.diagnostics);
  EXPECT_EQ(done->exit_code, 0);
  result.is_complete = false;
  EXPECT_EQ(parse_reload_line(daemon::reload_line(result))->exit_code, 1);

  result.outcome = daemon::ReloadOutcome::BadConfiguration;
  result.diagnostics[0].severity = daemon::Severity::Error;
  const auto refused = parse_reload_line(daemon::reload_line(result));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "bad_configuration");
  EXPECT_EQ(refused.error().diagnostics, result.diagnostics);
}

TEST(AnswerLine, WhatTheServerSaysOfAFailoverIsRead) {
  daemon::InstanceCommandResult result;
  result.outcomes = {{"web", vrrp::FailoverOutcome::HandedOver},
                     {"inside", vrrp::FailoverOutcome::NobodyAnswered}};
  const auto answer = parse_instances_line(daemon::failover_line(result, true));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->exit_code, 1);
  EXPECT_EQ(answer->outcomes, (std::vector<InstancesLine::Outcome>{{"web", "handed_over"},
                                                                   {"inside", "nobody_answered"}}));
  result.refusal = "because";
  EXPECT_EQ(parse_instances_line(daemon::failover_line(result, true)).error().message, "because");
}

TEST(AnswerLine, DiagnosticsAreShownWithTheirPlace) {
  EXPECT_EQ(line_of({"a.toml", 12, 3, daemon::Severity::Error, "bad"}), "a.toml:12:3: error: bad");
  EXPECT_EQ(line_of({"a.toml", 0, 0, daemon::Severity::Warning, "odd"}), "a.toml: warning: odd");
}

}  // namespace
}  // namespace evenkeel::ctl
