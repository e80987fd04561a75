#include "daemon/config/parse_check.h"

#include "checks/http_text.h"
#include "checks/request_text.h"
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string named(const std::string& keys) {
  return "[check.web]\n" + keys + "\n" + served("check = \"web\"");
}

ServerCheck only_check(const std::string& text) {
  const ParsedConfig parsed = accepted(text);
  if (parsed.config.services.empty()) return {};
  const auto& checks = parsed.config.services[0].real_servers.at(0).checks;
  EXPECT_EQ(checks.size(), 1U);
  return checks.at(0);
}

TEST(ParseCheck, ATcpCheckHasTheDefaultsOfThePage) {
  const ServerCheck check = only_check(named("type = \"tcp\""));
  EXPECT_EQ(check.name, "web");
  EXPECT_EQ(check.initial, checks::Health::Unknown);
  EXPECT_EQ(check.check.probe, checks::Kind(checks::TcpCheck()));
  EXPECT_EQ(check.check.address.to_string(), "192.0.2.21") << "the real server's";
  EXPECT_EQ(check.check.port, 80);
  EXPECT_EQ(check.check.interval, checks::Duration(2s));
  EXPECT_EQ(check.check.timeout, checks::Duration(1s));
  EXPECT_EQ(check.check.fast_interval, checks::Duration(2s));
  EXPECT_EQ(check.check.down_interval, checks::Duration(2s));
  EXPECT_EQ(check.check.rise, 2);
  EXPECT_EQ(check.check.fall, 3);
}

TEST(ParseCheck, ReadsEveryKeyOfATcpCheck) {
  const ServerCheck check = only_check(
      named("type = \"tcp\"\naddress = \"2001:db8::9\"\nport = 8080\ninterval = \"5s\"\n"
            "timeout = \"500ms\"\nfast_interval = \"1s\"\ndown_interval = \"10s\"\nrise = 1\n"
            "fall = 5\ninitial = \"up\"\nsend = \"\\u0001PING\\r\\n\"\nexpect = \"PONG\""));
  EXPECT_EQ(check.initial, checks::Health::Up);
  const auto& tcp = std::get<checks::TcpCheck>(check.check.probe);
  EXPECT_EQ(tcp.send, "\x01PING\r\n");
  EXPECT_EQ(tcp.expect, "PONG");
  EXPECT_EQ(check.check.address.to_string(), "2001:db8::9");
  EXPECT_EQ(check.check.port, 8080);
  EXPECT_EQ(check.check.interval, checks::Duration(5s));
  EXPECT_EQ(check.check.timeout, checks::Duration(500ms));
  EXPECT_EQ(check.check.fast_interval, checks::Duration(1s));
  EXPECT_EQ(check.check.down_interval, checks::Duration(10s));
  EXPECT_EQ(check.check.rise, 1);
  EXPECT_EQ(check.check.fall, 5);
}

TEST(ParseCheck, AnHttpCheckHasTheDefaultsOfThePage) {
  EXPECT_EQ(std::get<checks::HttpCheck>(only_check(named("type = \"http\"")).check.probe),
            checks::HttpCheck());
}

TEST(ParseCheck, ReadsEveryKeyOfAnHttpCheck) {
  const ServerCheck check =
      only_check(named("type = \"http\"\nmethod = \"POST\"\npath = \"/health?full=1\"\nhost = "
                       "\"www.example.org:8080\"\nheaders = { X-Probe = \"evenkeel 1\", Accept = "
                       "\"text/*\" }\nstatus = [\"200-299\", \"404\", 503]\nbody = "
                       "\"ok\"\nbody_limit = 1000\nheader_limit = 2000"));
  const auto& http = std::get<checks::HttpCheck>(check.check.probe);
  EXPECT_EQ(http.method, "POST");
  EXPECT_EQ(http.path, "/health?full=1");
  EXPECT_EQ(http.host, "www.example.org:8080");
  EXPECT_THAT(http.headers,
              ElementsAre(std::pair<std::string, std::string>("Accept", "text/*"),
                          std::pair<std::string, std::string>("X-Probe", "evenkeel 1")));
  EXPECT_THAT(http.status, ElementsAre(checks::StatusRange{200, 299}, checks::StatusRange{404, 404},
                                       checks::StatusRange{503, 503}));
  EXPECT_EQ(http.body, "ok");
  EXPECT_EQ(http.body_limit, 1000U);
  EXPECT_EQ(http.header_limit, 2000U);
}

TEST(ParseCheck, FastAndDownIntervalsFollowTheInterval) {
  const ServerCheck check = only_check(named("type = \"tcp\"\ninterval = \"7s\""));
  EXPECT_EQ(check.check.fast_interval, checks::Duration(7s));
  EXPECT_EQ(check.check.down_interval, checks::Duration(7s));
}

TEST(ParseCheck, AServiceTakesANameATableOrAList) {
  EXPECT_EQ(only_check(served("check = { type = \"http\" }")).name, "http");
  const auto several = accepted("[check.a]\ntype = \"tcp\"\n" +
                                served("check = [\"a\", { type = \"tcp\", port = 81 }]"));
  const auto& checks = several.config.services.at(0).real_servers.at(0).checks;
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[0].name, "a");
  EXPECT_EQ(checks[1].name, "tcp");
  EXPECT_EQ(checks[1].check.port, 81);
}

TEST(ParseCheck, ARealServerMayHaveItsOwnOrNone) {
  const std::string text =
      "[check.web]\ntype = \"http\"\n" + service("check = \"web\"") +
      "[[virtual_service.real_server]]\naddress = \"192.0.2.21\"\n"
      "[[virtual_service.real_server]]\naddress = \"192.0.2.22\"\n"
      "check = { type = \"tcp\" }\n"
      "[[virtual_service.real_server]]\naddress = \"192.0.2.23\"\ncheck = []\n";
  const auto servers = accepted(text).config.services.at(0).real_servers;
  ASSERT_EQ(servers.size(), 3U);
  EXPECT_EQ(servers[0].checks.at(0).name, "web");
  EXPECT_EQ(servers[1].checks.at(0).name, "tcp");
  EXPECT_EQ(servers[1].checks.at(0).check.address.to_string(), "192.0.2.22");
  EXPECT_THAT(servers[2].checks, IsEmpty());
}

TEST(ParseCheck, AReferenceToNothingIsAnErrorWithASuggestion) {
  EXPECT_THAT(mistakes("[check.web_health]\ntype = \"tcp\"\n" + served("check = \"web_helth\"")),
              ElementsAre("f:9:9: error: there is no check \"web_helth\": did you mean "
                          "\"web_health\"?"));
  EXPECT_THAT(mistakes(served("check = [\"x\"]")), ElementsAre("f:7:10: error: there is no check "
                                                               "\"x\""));
  EXPECT_THAT(mistakes(served("check = 3")), ElementsAre(HasSubstr("must be the name of")));
  EXPECT_THAT(mistakes("[check.a]\ntype = \"tcp\"\n" + served("check = [\"a\", \"a\"]")),
              ElementsAre(HasSubstr("the check \"a\" is given twice")));
}

TEST(ParseCheck, ANamedCheckThatNobodyUsesHasAWarning) {
  const std::string unused = "[check.spare]\ntype = \"tcp\"\n";
  EXPECT_THAT(warnings(unused + served()),
              ElementsAre("f:1:1: warning: [check.spare] is used by no real server and no track"));
  EXPECT_THAT(warnings(unused + served("check = \"spare\"")), IsEmpty());
  EXPECT_THAT(warnings(unused + served("", "check = \"spare\"")), IsEmpty());
}

TEST(ParseCheck, AMistakeInANamedCheckIsReportedOnce) {
  EXPECT_THAT(mistakes("[check.a]\ntype = \"tcp\"\nrise = 0\n" + served("check = \"a\"")),
              ElementsAre(HasSubstr("f:3:8: error: \"rise\" must be an integer, 1 .. 65535")));
}

TEST(ParseCheck, AScriptIsToldOfItsServer) {
  const ParsedConfig parsed = accepted(
      served("check = { type = \"script\", command = [\"/bin/a\", \"x\"], user = \"mail\", "
             "dynamic_weight = true }\nquorum = 253",
             "name = \"one\""));
  const checks::ScriptCheck expected{.command = {"/bin/a", "x"},
                                     .user = "mail",
                                     .dynamic_weight = true,
                                     .service = "web",
                                     .real_server = "one",
                                     .protocol = "tcp"};
  const auto& server = parsed.config.services.at(0).real_servers.at(0);
  EXPECT_EQ(server.checks.at(0).check.probe, checks::Kind(expected));
  ASSERT_EQ(parsed.programs.size(), 1U);
  EXPECT_EQ(parsed.programs[0].file, "/bin/a");
  EXPECT_EQ(parsed.programs[0].user, "mail");
}

struct Refused {
  const char* keys;
  const char* expected;
};

const Refused kRefused[] = {
    {"", "[check.web]: \"type\" is required"},
    {"type = 1", "must be one of \"tcp\", \"http\", \"script\", not 1"},
    {"type = \"htpp\"", "did you mean \"http\"?"},
    {"type = \"https\"", "\"type\": \"https\" is not supported yet"},
    {"type = \"dns\"", "\"dns\" is not supported yet"},
    {"type = \"script\"", "\"command\" is required"},
    {"type = \"script\"\ncommand = [\"a\"]", "a program is named by its absolute path"},
    {"type = \"script\"\ncommand = [\"/a\"]\nenvironment = {}", "is not supported yet"},
    {"type = \"script\"\ncommand = [\"/a\"]\ninterval = \"50ms\"\ntimeout = \"50ms\"",
     "\"interval\" of a script check must be at least 100ms, not 50ms"},
    {"type = \"script\"\ncommand = [\"/a\"]\ntimeout = \"5ms\"",
     "\"timeout\" of a script check must be at least 10ms, not 5ms"},
    {"type = \"tcp\"\nuser = \"root\"", "\"user\" belongs to a check of type \"script\""},
    {"type = \"tcp\"\nsource = \"192.0.2.1\"", "\"source\" is not supported yet"},
    {"type = \"tcp\"\ninterface = \"eth0\"", "\"interface\" is not supported yet"},
    {"type = \"http\"\nbody_regex = \"a\"", "\"body_regex\" is not supported yet"},
    {"type = \"tcp\"\npath = \"/\"", "\"path\" belongs to a check of type \"http\", not to"},
    {"type = \"http\"\nexpect = \"a\"", "\"expect\" belongs to a check of type \"tcp\""},
    {"type = \"tcp\"\ninterval = 2", "such as \"2s\", not 2"},
    {"type = \"tcp\"\ninterval = \"0s\"", "must be 10ms .. 24h, not the string \"0s\""},
    {"type = \"tcp\"\ntimeout = \"0s\"", "must be 1ms .. 24h"},
    {"type = \"tcp\"\ntimeout = \"3s\"",
     "\"timeout\" (3s) must not exceed \"interval\" (2s, the default)"},
    {"type = \"tcp\"\ninterval = \"500ms\"",
     "\"timeout\" (1s, the default) must not exceed \"interval\" (500ms)"},
    {"type = \"tcp\"\nfast_interval = \"900ms\"",
     "\"timeout\" (1s, the default) must not exceed \"fast_interval\" (900ms)"},
    {"type = \"tcp\"\ndown_interval = \"900ms\"", "must not exceed \"down_interval\""},
    {"type = \"tcp\"\nfall = 65536", "must be an integer, 1 .. 65535, not 65536"},
    {"type = \"tcp\"\ninitial = \"Up\"", "must be one of \"down\", \"up\""},
    {"type = \"tcp\"\nport = 65536", "must be an integer, 1 .. 65535"},
    {"type = \"tcp\"\naddress = \"localhost\"", "must be an IPv4 or IPv6 address"},
    {"type = \"tcp\"\naddress = \"224.0.0.1\"", "224.0.0.1 is a multicast address"},
    {"type = \"tcp\"\nsend = 3", "\"send\" must be a string, not 3"},
    {"type = \"http\"\nmethod = \"GE T\"", "must be an HTTP method"},
    {"type = \"http\"\nmethod = \"CONNECT\"", "not CONNECT"},
    {"type = \"http\"\nmethod = \"HEAD\"\nbody = \"x\"", "the answer to HEAD has none"},
    {"type = \"http\"\npath = \"health\"", "must be a path that starts with \"/\""},
    {"type = \"http\"\npath = \"/a b\"", "must be a path"},
    {"type = \"http\"\npath = \"/a\\r\\nX: y\"", "must be a path"},
    {"type = \"http\"\npath = \"/\\u0000\"", "must be a path"},
    {"type = \"http\"\npath = \"/\\u00e4\"", "must be a path"},
    {"type = \"http\"\nhost = \"a\\nb\"", "must be a host name"},
    {"type = \"http\"\nhost = \"\"", "must be a host name"},
    {"type = \"http\"\nheaders = []", "\"headers\" must be a table"},
    {"type = \"http\"\nheaders = { \"A B\" = \"x\" }", "is not the name of an HTTP header"},
    {"type = \"http\"\nheaders = { A = \"x\\r\\nB: y\" }", "\"A\" must be a header value"},
    {"type = \"http\"\nheaders = { A = \" x\" }", "\"A\" must be a header value"},
    {"type = \"http\"\nheaders = { A = 1 }", "\"A\" must be a header value"},
    {"type = \"http\"\nheaders = { a = \"x\", A = \"y\" }", "is given twice"},
    {"type = \"http\"\nheaders = { host = \"x\" }", "set with \"host\""},
    {"type = \"http\"\nheaders = { content-length = \"1\" }", "the check writes it itself"},
    {"type = \"http\"\nstatus = \"200\"", "must be an array of statuses"},
    {"type = \"http\"\nstatus = []", "\"status\" is empty"},
    {"type = \"http\"\nstatus = [\"2xx\"]", "must be a status or a range"},
    {"type = \"http\"\nstatus = [\"299-200\"]", "must be a status or a range"},
    {"type = \"http\"\nstatus = [99]", "must be a status or a range"},
    {"type = \"http\"\nstatus = [\"200-600\"]", "must be a status or a range"},
    {"type = \"http\"\nstatus = [\"200-\"]", "must be a status or a range"},
    {"type = \"http\"\nbody_limit = \"64KiB\"", "must be an integer, 1 .. 16777216"},
    {"type = \"http\"\nheader_limit = 0", "must be an integer, 1 .. 1048576"},
    {"type = \"http\"\nbody = \"toolong\"\nbody_limit = 3", "longer than \"body_limit\""},
};

TEST(ParseCheck, RefusesWhatIsWrong) {
  for (const Refused& refused : kRefused) {
    EXPECT_THAT(mistakes(named(refused.keys)), ElementsAre(HasSubstr(refused.expected)))
        << refused.keys;
  }
}

TEST(ParseCheck, LimitsWhatIsSent) {
  EXPECT_THAT(mistakes(named("type = \"tcp\"\nsend = \"" + std::string(4096, 'a') + "\"")),
              IsEmpty());
  EXPECT_THAT(mistakes(named("type = \"tcp\"\nsend = \"" + std::string(4097, 'a') + "\"")),
              ElementsAre(HasSubstr("at most 4096 octets long, not 4097")));
  std::string headers;
  for (int i = 0; i < 65; ++i) headers += (i ? ", a" : "a") + std::to_string(i) + " = \"\"";
  EXPECT_THAT(mistakes(named("type = \"http\"\nheaders = { " + headers + " }")), SizeIs(1));
}

TEST(HttpText, SplitsNoRequest) {
  for (char c = 0; c < 0x20; ++c) {
    const std::string text = std::string("/a") + c + "b";
    EXPECT_FALSE(checks::is_path(text));
    EXPECT_FALSE(checks::is_host(text));
    EXPECT_FALSE(checks::is_token(text));
    EXPECT_EQ(checks::is_field_value(text), c == '\t');
  }
  EXPECT_FALSE(checks::is_field_value("a\x7f"));
  EXPECT_TRUE(checks::is_field_value(""));
  EXPECT_TRUE(checks::is_field_value("\xc3\xa4"));
  EXPECT_TRUE(checks::is_own_field("transfer-ENCODING"));
  EXPECT_FALSE(checks::is_own_field("X-Host"));
}

TEST(HttpText, WarnsOfWhatNoServerUnderstands) {
  for (const char* const host : {"www.example.org", "www.example.org:8080", "192.0.2.10",
                                 "192.0.2.10:80", "[2001:db8::1]", "[2001:db8::1]:8080"}) {
    EXPECT_EQ(checks::warning_about_host(host), "") << host;
  }
  EXPECT_EQ(checks::warning_about_host("2001:db8::1"),
            "an IPv6 address stands in brackets here: \"[2001:db8::1]\"");
  for (const char* const host :
       {"a:b:c", "[2001:db8::1", "[192.0.2.1]", "[]", "[2001:db8::1]80",
        "[2001:db8::1]:", "web:", "web:http", "web:0", "web:65536", ":80", "[", "["}) {
    EXPECT_NE(checks::warning_about_host(host), "") << host;
  }
  EXPECT_EQ(checks::warning_about_method("GET"), "");
  EXPECT_EQ(checks::warning_about_method("PURGE"), "");
  EXPECT_EQ(checks::warning_about_method("purge"), "") << "whoever made it up knows";
  EXPECT_EQ(checks::warning_about_method("Get"),
            "methods are case-sensitive: servers know \"GET\", not \"Get\"");
}

TEST(ParseCheck, WhatCannotPassDrawsAWarning) {
  const auto http_warnings = [](const std::string& keys) {
    return warnings(named("type = \"http\"\n" + keys));
  };
  EXPECT_THAT(http_warnings("method = \"get\""),
              ElementsAre(HasSubstr("warning: \"method\": methods are case-sensitive")));
  EXPECT_THAT(http_warnings("host = \"2001:db8::1\""),
              ElementsAre(HasSubstr("warning: \"host\": an IPv6 address stands in brackets")));
  EXPECT_THAT(http_warnings("host = { lb1 = \"a\", lb2 = \"::1\" }"),
              ElementsAre(HasSubstr("\"host\" for node \"lb2\": an IPv6")));
  EXPECT_THAT(http_warnings("status = [\"100-199\", 200]"),
              ElementsAre(HasSubstr("answers are interim but for 101, and the check waits for the "
                                    "final one: of 100-199 only 101 passes")));
  EXPECT_THAT(http_warnings("status = [103]"), ElementsAre(HasSubstr("103 never passes")));
  EXPECT_THAT(http_warnings("status = [\"102-199\"]"),
              ElementsAre(HasSubstr("102-199 never passes")));
  EXPECT_THAT(http_warnings("status = [101]"), IsEmpty());
  EXPECT_THAT(http_warnings("status = [\"100-299\"]"), IsEmpty());
  EXPECT_THAT(http_warnings("status = [204, 304]\nbody = \"ok\""),
              ElementsAre(HasSubstr("\"body\" cannot be found")));
  EXPECT_THAT(http_warnings("status = [200, 204]\nbody = \"ok\""), IsEmpty());
}

}  // namespace
}  // namespace evenkeel::daemon
