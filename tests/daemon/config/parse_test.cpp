// The file as a whole: syntax, unknown keys, per-node values, includes, order of the errors.
#include "daemon/config/parse.h"

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Parse, AnEmptyFileIsTheDefaults) {
  const ParsedConfig parsed = accepted("");
  EXPECT_EQ(parsed.config.global.node_name, "lb1");
  EXPECT_EQ(parsed.config.global.control_group, "evenkeel");
  EXPECT_EQ(parsed.config.global.status_group, "evenkeel-status");
  EXPECT_TRUE(parsed.config.services.empty());
  EXPECT_EQ(parsed.config.ipvs.sysctl, (SysctlValues{{"conn_reuse_mode", 3},
                                                     {"expire_nodest_conn", 1},
                                                     {"expire_quiescent_template", 0},
                                                     {"sloppy_tcp", 1}}));
  EXPECT_TRUE(parsed.config.vrrp.address_lease);
  EXPECT_THAT(parsed.config.vrrp.instances, IsEmpty());
  EXPECT_THAT(parsed.warnings, IsEmpty());
}

TEST(Parse, ADiagnosticSaysFileLineColumn) {
  EXPECT_EQ(to_string(Diagnostic{"a.toml", 12, 3, Severity::Error, "bad"}),
            "a.toml:12:3: error: bad");
  EXPECT_EQ(to_string(Diagnostic{"a.toml", 1, 1, Severity::Warning, "odd"}),
            "a.toml:1:1: warning: odd");
  EXPECT_EQ(to_string(Diagnostic{"a.toml", 0, 0, Severity::Error, "gone"}), "a.toml: error: gone");
}

TEST(Parse, OnlyTheFirstSyntaxErrorIsReported) {
  EXPECT_THAT(mistakes("[global]\nunknown = 1\nx = = 2\ny = = 3\n"),
              ElementsAre(HasSubstr("f:3:5: error: ")));
  EXPECT_THAT(mistakes("a = 1\na = 2\n"), ElementsAre(HasSubstr("f:2:5: error: ")));
  EXPECT_THAT(mistakes("[ipvs]\n[ipvs]\n"), SizeIs(1));
  EXPECT_THAT(mistakes("[global]\nlog_level = \"in"), ElementsAre(HasSubstr("f:2:")));
  EXPECT_THAT(mistakes("x = \xff"), ElementsAre(HasSubstr("f:1:")));
}

TEST(Parse, MalformedHeadersAreErrorsNotAssertions) {
  for (const char* const text :
       {"[[#", "[#]", "[[ # ]]", "[.a]", "[[", "[", "[a", "[a.", "[a.#]", "[]", "[[]]", "a.", "a.#",
        ".", "a = {#", "a = {b.#", "a = [#", "=", "\""}) {
    EXPECT_THAT(mistakes(text), ElementsAre(HasSubstr("f:1:"))) << text;
  }
}

TEST(Parse, OnlyStringsAndCommentsGoBeyondAscii) {
  EXPECT_THAT(mistakes("# über\n\"ä\" = 1"), ElementsAre("f:2:1: error: unknown key \"ä\""));
  EXPECT_THAT(mistakes("x = \"\"\"\\\n  ä\"\"\""), ElementsAre(HasSubstr("unknown key \"x\"")));
  // toml++ looks these up in its table of blanks; U+00E4 and U+02CB once led it astray.
  for (const char* const text : {"x = ä", "x = 1 ˋ", "x = [ä]", "x = 8\"ˋ", "ä = 1", "[ä]"}) {
    EXPECT_THAT(mistakes(text), ElementsAre(HasSubstr("f:1:"))) << text;
  }
}

TEST(Parse, DeepNestingIsAnErrorNotAnOverflow) {
  std::string key = "a";
  for (int i = 0; i < 100'000; ++i) key += ".a";
  EXPECT_THAT(mistakes("\n" + key + " = 1"),
              ElementsAre("f:2:1: error: a key has more than 32 parts"));
  EXPECT_THAT(mistakes("a = " + std::string(100'000, '[')), SizeIs(1));
}

TEST(Parse, UnknownKeysAndTablesAreErrorsWithASuggestion) {
  EXPECT_THAT(mistakes(served("", "weigth = 3")),
              ElementsAre("f:10:1: error: unknown key \"weigth\": did you mean \"weight\"?"));
  EXPECT_THAT(mistakes("[globl]\n"),
              ElementsAre("f:1:2: error: unknown table \"globl\": did you mean \"global\"?"));
  EXPECT_THAT(mistakes("[[virtual_servce]]\n"),
              ElementsAre(HasSubstr("unknown table \"virtual_servce\": did you mean")));
  EXPECT_THAT(mistakes("[ipvs]\nbananas = 1\n"),
              ElementsAre("f:2:1: error: unknown key \"bananas\""));
  EXPECT_THAT(mistakes("[check.a]\ntype = \"tcp\"\nintervall = \"1s\"\n"),
              ElementsAre("f:3:1: error: unknown key \"intervall\": did you mean \"interval\"?"));
  EXPECT_THAT(mistakes("[ipvs.timeouts]\ntcpfin = \"1s\""),
              ElementsAre(HasSubstr("did you mean \"tcp_fin\"?")));
  EXPECT_THAT(mistakes("[ipvs.sysctl]\nsloppy_tpc = true"),
              ElementsAre(HasSubstr("did you mean \"sloppy_tcp\"?")));
}

TEST(Parse, AMessageShowsControlCharacters) {
  EXPECT_THAT(mistakes("\"a\\u001b[31m\\nb\" = 1\n"),
              ElementsAre("f:1:1: error: unknown key \"a\\x1b[31m\\x0ab\""));
}

TEST(Parse, WhatALaterStepBringsIsRefusedByName) {
  for (const char* const table : {"view", "ipvs.sync"}) {
    EXPECT_THAT(mistakes("[" + std::string(table) + "]\n"),
                ElementsAre(HasSubstr("\" is not supported yet")))
        << table;
  }
  for (const char* const line :
       {"firewall_mark = 7", "addresses = []", "ports = [80, 443]", "slow_start = \"0s\"",
        "panic_threshold = { below = \"0%\", then = \"all\" }", "removal_drain = \"30s\""}) {
    const std::string key(line, std::string_view(line).find(' '));
    EXPECT_THAT(mistakes(served(line)),
                ElementsAre("f:7:1: error: \"" + key + "\" is not supported yet"));
  }
  for (const char* const line :
       {"virtual_routes = []", "virtual_rules = []", "virtual_mac = false", "accept = true"}) {
    const std::string key(line, std::string_view(line).find(' '));
    EXPECT_THAT(mistakes(instance(line)),
                ElementsAre("f:6:1: error: \"" + key + "\" is not supported yet"));
  }
}

TEST(Parse, AllErrorsAtOnceInTheOrderOfTheFile) {
  const auto found = mistakes(
      "[[virtual_service]]\n"
      "zone = 1\n"
      "address = \"192.0.2.10\"\n"
      "port = \"80\"\n"
      "name = \"web\"\n"
      "forwarding = \"direct\"\n"
      "[global]\n"
      "log_level = \"loud\"\n"
      "bad = 1\n");
  EXPECT_THAT(found, ElementsAre(HasSubstr("f:1:1: error: [[virtual_service]]: \"protocol\" is"),
                                 HasSubstr("f:2:1: error: unknown key \"zone\""),
                                 HasSubstr("f:4:8: error: \"port\" must be an integer"),
                                 HasSubstr("f:8:13: error: \"log_level\" must be one of"),
                                 HasSubstr("f:9:1: error: unknown key \"bad\"")));
}

TEST(Parse, WrongTypesSayWhatWasExpectedAndFound) {
  EXPECT_THAT(mistakes("global = 3"), ElementsAre(HasSubstr("\"global\" must be a table, not 3")));
  EXPECT_THAT(
      mistakes("[virtual_service]\nname = \"web\""),
      ElementsAre(HasSubstr("must be an array of tables: [[virtual_service]], not a table")));
  EXPECT_THAT(mistakes("virtual_service = [1]"), ElementsAre(HasSubstr("must be a table, not 1")));
  EXPECT_THAT(mistakes("[check]\nweb = \"http\""),
              ElementsAre(HasSubstr("[check.web] must be a table, not the string \"http\"")));
  EXPECT_THAT(mistakes("[check.\"a b\"]\ntype = \"tcp\""),
              ElementsAre(HasSubstr("without spaces")));
  EXPECT_THAT(mistakes("[ipvs]\nexclusive = 1.5"),
              ElementsAre(HasSubstr("true or false, not a number with a fraction")));
  EXPECT_THAT(mistakes("[ipvs]\nexclusive = 2024-01-01"), ElementsAre(HasSubstr("not a date")));
  EXPECT_THAT(mistakes("[ipvs]\non_stop = []"), ElementsAre(HasSubstr("not an array")));
  EXPECT_THAT(mistakes("[global]\nlog_level = \"" + std::string(200, 'x') + "\""),
              ElementsAre(HasSubstr("x...\"")));
}

TEST(PerNode, TheEntryOfThisNodeIsTaken) {
  const std::string text =
      served("scheduler = { lb1 = \"rr\", lb2 = \"wrr\" }", "weight = { lb1 = 3, lb2 = 5 }");
  EXPECT_EQ(accepted(text).config.services.at(0).service.scheduler, "rr");
  const auto other = parse_config({{"f", text}}, "lb2");
  ASSERT_TRUE(other);
  EXPECT_EQ(other->config.services.at(0).service.scheduler, "wrr");
  EXPECT_EQ(other->config.services.at(0).real_servers.at(0).destination.weight, 5U);
}

TEST(PerNode, HoldsForArraysToo) {
  const auto parsed = accepted(served(
      "scheduler = \"mh\"\nscheduler_flags = { lb1 = [\"mh-port\"], lb2 = [\"mh-fallback\"] }"));
  EXPECT_EQ(parsed.config.services.at(0).service.flags, ipvs::ServiceFlags::kScheduler2);
}

TEST(PerNode, AMissingEntryIsAnError) {
  EXPECT_THAT(
      mistakes(served("", "weight = { lb2 = 3, lb3 = 1 }")),
      ElementsAre("f:10:10: error: \"weight\" has no entry for this node, \"lb1\" (there is "
                  "\"lb2\", \"lb3\"); a node's name is its host name, or \"node_name\" in "
                  "[global]"));
  EXPECT_THAT(mistakes(served("", "weight = {}")),
              ElementsAre(HasSubstr("has no entry for this node, \"lb1\"")));
}

TEST(PerNode, EveryEntryIsChecked) {
  EXPECT_THAT(
      mistakes(served("", "weight = { lb1 = 3, lb2 = \"4\", lb3 = 70000 }")),
      ElementsAre(
          "f:10:27: error: \"weight\" for node \"lb2\" must be an integer, 0 .. 65535, not "
          "the string \"4\"",
          HasSubstr("\"weight\" for node \"lb3\" must be an integer, 0 .. 65535, not 70000")));
}

TEST(PerNode, TheEntriesOfOtherNodesAreNotJudgedWithOurOtherKeys) {
  EXPECT_THAT(mistakes(served("scheduler = { lb1 = \"rr\", lb2 = \"mh\" }\n"
                              "scheduler_flags = { lb1 = [], lb2 = [\"mh-port\"] }\n"
                              "persistence = \"5m\"\n"
                              "persistence_prefix = { lb1 = 24, lb2 = 64 }")),
              IsEmpty());
}

TEST(NodeName, TheCommandLineWinsOverTheFileOverTheHostName) {
  const std::string text =
      "[global]\nnode_name = \"lb2\"\nlog_level = { lb2 = \"debug\", lb3 = \"error\" }\n";
  const auto by_file = parse_config({{"f", text}}, "lb1");
  ASSERT_TRUE(by_file);
  EXPECT_EQ(by_file->config.global.node_name, "lb2");
  EXPECT_EQ(by_file->config.global.log_level, Severity::Debug);
  const auto by_command_line = parse_config({{"f", text}}, "lb1", "lb3");
  ASSERT_TRUE(by_command_line);
  EXPECT_EQ(by_command_line->config.global.node_name, "lb3");
  EXPECT_EQ(by_command_line->config.global.log_level, Severity::Error);
}

TEST(NodeName, CannotDifferPerNode) {
  EXPECT_THAT(mistakes("[global]\nnode_name = { lb1 = \"a\" }"),
              ElementsAre(HasSubstr("f:2:13: error: \"node_name\" cannot differ per node")));
  EXPECT_THAT(mistakes("[global]\nnode_name = \"\""), ElementsAre(HasSubstr("must be a name")));
}

TEST(Global, IsRead) {
  const GlobalConfig global =
      accepted(
          "[global]\nlog_level = \"warning\"\nlog_format = \"json\"\ncontrol_group = \"ops\"\n"
          "status_group = \"watch\"\n")
          .config.global;
  EXPECT_EQ(global.log_level, Severity::Warning);
  EXPECT_EQ(global.log_format, LogFormat::Json);
  EXPECT_EQ(global.control_group, "ops");
  EXPECT_EQ(global.status_group, "watch");
}

std::vector<std::string> mistakes_of(const std::vector<SourceFile>& files) {
  const auto parsed = parse_config(files, "lb1");
  return parsed ? std::vector<std::string>() : texts(parsed.error());
}

TEST(Includes, ArePatternsWithTheirPlaces) {
  const auto patterns = includes_of({"f", "include = [\n  \"conf.d/*.toml\",\n  \"b\"]\n"});
  ASSERT_EQ(patterns.size(), 2U);
  EXPECT_EQ(patterns[0].pattern, "conf.d/*.toml");
  EXPECT_EQ(patterns[0].line, 2U);
  EXPECT_EQ(patterns[0].column, 3U);
  EXPECT_EQ(patterns[1].pattern, "b");
  EXPECT_THAT(includes_of({"f", "include = [ x"}), IsEmpty());
  EXPECT_THAT(includes_of({"f", "include = \"a\""}), IsEmpty());
  EXPECT_THAT(includes_of({"f", "[global]\n"}), IsEmpty());
}

TEST(Includes, MustBeAnArrayOfPaths) {
  EXPECT_THAT(mistakes("include = \"a.toml\""),
              ElementsAre(HasSubstr("\"include\" must be an array of paths")));
  EXPECT_THAT(mistakes("include = [1, \"\"]"), SizeIs(2));
}

TEST(Includes, AppendServicesAndShareChecks) {
  const auto parsed = parse_config(
      {{"main", "include = [\"x\"]\n" + served("check = \"alive\"")},
       {"x",
        "[check.alive]\ntype = \"tcp\"\n[[virtual_service]]\nname = \"dns\"\naddress = "
        "\"192.0.2.11\"\nport = 53\nprotocol = \"udp\"\nforwarding = \"direct\"\n"}},
      "lb1");
  ASSERT_TRUE(parsed) << ::testing::PrintToString(texts(parsed.error()));
  ASSERT_EQ(parsed->config.services.size(), 2U);
  EXPECT_EQ(parsed->config.services[0].name, "web");
  EXPECT_EQ(parsed->config.services[0].real_servers.at(0).checks.at(0).name, "alive");
  EXPECT_EQ(parsed->config.services[1].name, "dns");
}

TEST(Includes, TheSameTableTwiceNamesBothFiles) {
  EXPECT_THAT(mistakes_of({{"main", "\n[ipvs]\n"}, {"x", "[ipvs]\n"}}),
              ElementsAre("x:1:1: error: [ipvs] is already in main:2"));
  EXPECT_THAT(mistakes_of({{"main", "[check.a]\ntype = \"tcp\"\n"},
                           {"x", "[check.a]\ntype = \"tcp\"\n[check.b]\ntype = \"tcp\"\n"}}),
              ElementsAre("x:1:1: error: [check.a] is already in main:1"));
}

TEST(Includes, DoNotNestAndErrorsNameTheirFile) {
  EXPECT_THAT(mistakes_of({{"main", "[global]\nx = 1\n"}, {"x", "\ninclude = [\"y\"]\ny = 1\n"}}),
              ElementsAre("main:2:1: error: unknown key \"x\"",
                          HasSubstr("x:2:11: error: an included file includes nothing"),
                          "x:3:1: error: unknown key \"y\""));
  EXPECT_THAT(mistakes_of({{"main", ""}, {"x", "\n\n= 1"}}), ElementsAre(HasSubstr("x:3:1: ")));
}

TEST(Includes, DuplicatesAreFoundAcrossFiles) {
  EXPECT_THAT(mistakes_of({{"main", served()}, {"x", "\n" + served()}}),
              ElementsAre("x:2:1: error: a virtual service for TCP 192.0.2.10:80 is already at "
                          "main:1: \"web\"",
                          "x:3:8: error: a virtual service \"web\" is already at main:1"));
}

}  // namespace
}  // namespace evenkeel::daemon
