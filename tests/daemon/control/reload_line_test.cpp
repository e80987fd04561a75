#include "daemon/control/reload_line.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace evenkeel::daemon {
namespace {

using nlohmann::json;

TEST(ReloadLine, SaysWhatWasDone) {
  ReloadResult result;
  result.message = "1 change";
  result.generation = 5;
  result.config_digest = "7c1e4f";
  result.operations = 1;
  result.instances_changed = 2;
  result.changes = {"web: web2 weight 1 -> 0"};
  result.diagnostics = {{"a.toml", 12, 3, Severity::Warning, "tutorial password"}};
  EXPECT_EQ(json::parse(reload_line(result)), json::parse(R"({"ok":true,"generation":5,
    "configuration":"7c1e4f","operations":1,"instances_changed":2,"message":"1 change","changes":["web: web2 weight 1 -> 0"],"diagnostics":[{"file":"a.toml","line":12,
    "column":3,"severity":"warning","message":"tutorial password"}],"exit_code":0,"more":false})"));
  result.is_complete = false;
  EXPECT_EQ(json::parse(reload_line(result))["exit_code"], 1);
}

TEST(ReloadLine, RefusalsHaveACodeAndEveryError) {
  ReloadResult result;
  result.outcome = ReloadOutcome::BadConfiguration;
  result.message = "2 errors";
  result.diagnostics = {{"a.toml", 1, 1, Severity::Error, "x"},
                        {"b.toml", 0, 0, Severity::Error, "y"}};
  const json line = json::parse(reload_line(result));
  EXPECT_EQ(line["ok"], false);
  EXPECT_EQ(line["error"]["code"], "bad_configuration");
  EXPECT_EQ(line["error"]["diagnostics"].size(), 2U);
  EXPECT_EQ(line["error"]["diagnostics"][1]["file"], "b.toml");

  result.outcome = ReloadOutcome::TooManyRemovals;
  EXPECT_EQ(json::parse(reload_line(result))["error"]["code"], "too_many_removals");
  result.outcome = ReloadOutcome::Busy;
  EXPECT_EQ(json::parse(reload_line(result))["error"]["code"], "busy");
}

TEST(ReloadLine, TextIsForBothOutputsAndHasTheExitCode) {
  ReloadResult result;
  result.message = "1 change";
  result.diagnostics = {{"a.toml", 12, 3, Severity::Warning, "odd"}};
  EXPECT_EQ(reload_line(result, Format::Text),
            "{\"ok\":true,\"error_bytes\":26,\"more\":true}\na.toml:12:3: warning: odd\n"
            "{\"ok\":true,\"bytes\":9,\"more\":true}\n1 change\n"
            "{\"ok\":true,\"exit_code\":0,\"more\":false}\n");
  EXPECT_EQ(reload_line(result, Format::Document).find("{\"ok\":true,\"bytes\":"), 0U);

  result.outcome = ReloadOutcome::BadConfiguration;
  result.message = "1 error";
  result.diagnostics = {{"a.toml", 0, 0, Severity::Error, "bad"}};
  EXPECT_EQ(reload_line(result, Format::Text),
            "{\"ok\":true,\"error_bytes\":45,\"more\":true}\na.toml: error: bad\n"
            "evenkeel: reload: 1 error\n"
            "{\"ok\":true,\"exit_code\":2,\"more\":false}\n");
  for (const ReloadOutcome outcome : {ReloadOutcome::TooManyRemovals, ReloadOutcome::Busy}) {
    result.outcome = outcome;
    EXPECT_TRUE(reload_line(result, Format::Text).ends_with("\"exit_code\":1,\"more\":false}\n"));
  }
}

TEST(ReloadLine, EachChangeIsALine) {
  ReloadResult result;
  result.message = "configuration 7c1e4f in force";
  result.changes = {"web: web2 weight 1 -> 0", "mail: removed"};
  EXPECT_NE(
      reload_line(result, Format::Text)
          .find("configuration 7c1e4f in force\n  web: web2 weight 1 -> 0\n  mail: removed\n"),
      std::string::npos);
}

TEST(ReloadLine, AFloodOfErrorsIsCutOff) {
  ReloadResult result;
  result.outcome = ReloadOutcome::BadConfiguration;
  result.diagnostics.assign(kMaxDiagnostics + 5, {"a.toml", 1, 1, Severity::Error, "x"});
  EXPECT_EQ(json::parse(reload_line(result))["error"]["diagnostics"].size(), kMaxDiagnostics);
}

}  // namespace
}  // namespace evenkeel::daemon
