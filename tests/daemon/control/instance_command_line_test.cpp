#include "daemon/control/instance_command_line.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

using vrrp::FailoverOutcome;

TEST(InstanceCommandLine, EveryOutcomeHasAName) {
  const InstanceCommandResult result{"",
                                     {{"a", FailoverOutcome::HandedOver},
                                      {"b", FailoverOutcome::NobodyAnswered},
                                      {"c", FailoverOutcome::NotMaster},
                                      {"d\"", FailoverOutcome::Unknown}}};
  EXPECT_EQ(failover_line(result, true),
            "{\"ok\":true,\"instances\":[{\"name\":\"a\",\"outcome\":\"handed_over\"},"
            "{\"name\":\"b\",\"outcome\":\"nobody_answered\"},"
            "{\"name\":\"c\",\"outcome\":\"not_master\"},"
            "{\"name\":\"d\\\"\",\"outcome\":\"unknown\"}],\"exit_code\":1,\"more\":false}\n");
}

TEST(InstanceCommandLine, ZeroIsForAllOfThemAndAtLeastOne) {
  const auto code_of = [](std::vector<FailoverOutcome> outcomes, bool are_named) {
    InstanceCommandResult result;
    for (const FailoverOutcome outcome : outcomes) result.outcomes.push_back({"a", outcome});
    const std::string line = failover_line(result, are_named);
    return line.substr(line.find("exit_code") + 11, 1);
  };
  using enum FailoverOutcome;
  EXPECT_EQ(code_of({HandedOver, HandedOver}, true), "0");
  EXPECT_EQ(code_of({HandedOver, NobodyAnswered}, true), "1");
  EXPECT_EQ(code_of({HandedOver, NotMaster}, true), "1");
  EXPECT_EQ(code_of({HandedOver, NotMaster}, false), "0");
  EXPECT_EQ(code_of({NotMaster}, false), "1");
  EXPECT_EQ(code_of({}, true), "1");
  EXPECT_EQ(code_of({}, false), "1");
}

TEST(InstanceCommandLine, ResumeNamesTheInstances) {
  EXPECT_EQ(resume_line({}, {{"a"}, {"b", false}}),
            "{\"ok\":true,\"instances\":[{\"name\":\"a\",\"outcome\":\"resumed\"},"
            "{\"name\":\"b\",\"outcome\":\"not_held\"}],\"exit_code\":0,\"more\":false}\n");
  EXPECT_EQ(resume_line({}, {}), "{\"ok\":true,\"instances\":[],\"exit_code\":1,\"more\":false}\n");
}

TEST(InstanceCommandLine, TextIsForPeople) {
  using enum FailoverOutcome;
  EXPECT_EQ(failover_line({"", {{"a", HandedOver}, {"b", NobodyAnswered}}}, true, Format::Text),
            "{\"ok\":true,\"bytes\":117,\"more\":true}\n"
            "a: handed over\nb: no peer answered, still master\n"
            "a does not preempt until `evenkeel resume`, or until the peer fails\n"
            "{\"ok\":true,\"exit_code\":1,\"more\":false}\n");
  EXPECT_EQ(failover_line({"", {{"c", NotMaster}}}, false, Format::Text),
            "{\"ok\":true,\"error_bytes\":45,\"more\":true}\n"
            "evenkeel: no instance is master on this node\n"
            "{\"ok\":true,\"exit_code\":1,\"more\":false}\n");
  EXPECT_EQ(resume_line({}, {{"a"}}, Format::Text),
            "{\"ok\":true,\"bytes\":21,\"more\":true}\na: not held any more\n"
            "{\"ok\":true,\"exit_code\":0,\"more\":false}\n");
  EXPECT_NE(resume_line({}, {{"a", false}}, Format::Text).find("a: was not held\n"),
            std::string::npos);
}

TEST(InstanceCommandLine, ADocumentIsTheLineWithoutWhatMakesItOne) {
  EXPECT_EQ(resume_line({}, {{"a"}}, Format::Document),
            "{\"ok\":true,\"bytes\":63,\"more\":true}\n"
            "{\"instances\":[{\"name\":\"a\",\"outcome\":\"resumed\"}],\"exit_code\":0}\n"
            "{\"ok\":true,\"exit_code\":0,\"more\":false}\n");
}

TEST(InstanceCommandLine, ARefusalIsAnError) {
  const std::string wanted =
      "{\"ok\":false,\"error\":{\"code\":\"unavailable\",\"message\":\"because\"},\"more\":false}"
      "\n";
  EXPECT_EQ(failover_line({"because", {}}, true), wanted);
  EXPECT_EQ(resume_line({"because", {}}, {{"a"}}), wanted);
}

}  // namespace
}  // namespace evenkeel::daemon
