// [[script]]: what is read, and what is refused.
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kFollower =
    "[[vrrp.instance]]\nname = \"i\"\ninterface = \"eth0\"\nvirtual_router_id = 61\n"
    "virtual_addresses = [\"192.0.2.10\"]\ntrack_scripts = [{ name = \"a\" }]\n";

/// Its command stands on line 3, `more` on line 4.
std::string script(const std::string& more = "", const std::string& name = "a",
                   const std::string& command = "[\"/bin/true\", \"-x\"]") {
  return "[[script]]\nname = \"" + name + "\"\ncommand = " + command + "\n" + more + "\n";
}

TEST(ParseScript, HasDefaults) {
  const ParsedConfig parsed = accepted(script() + kFollower);
  const Script expected{.name = "a", .command = {"/bin/true", "-x"}};
  EXPECT_THAT(parsed.config.tracked.scripts, ElementsAre(expected));
  ASSERT_EQ(parsed.programs.size(), 1U);
  EXPECT_EQ(parsed.programs[0].file, "/bin/true");
  EXPECT_EQ(parsed.programs[0].user, "nobody");
  EXPECT_EQ(parsed.programs[0].key, "command");
  EXPECT_EQ(parsed.programs[0].at.line, 3U);
}

TEST(ParseScript, HasKeys) {
  const Script expected{.name = "a",
                        .command = {"/bin/true", "-x"},
                        .user = "mail",
                        .setuid = true,
                        .interval = 10s,
                        .timeout = 5s,
                        .rise = 3,
                        .fall = 4};
  EXPECT_THAT(accepted(script("user = \"mail\"\nsetuid = true\ninterval = \"10s\"\n"
                              "timeout = \"5s\"\nrise = 3\nfall = 4") +
                       kFollower)
                  .config.tracked.scripts,
              ElementsAre(expected));
}

TEST(ParseScript, TheTimeoutIsAtMostTheInterval) {
  EXPECT_THAT(mistakes(script("timeout = \"3s\"") + kFollower),
              ElementsAre("f:4:11: error: \"timeout\" (3s) must not exceed \"interval\" (2s, the "
                          "default)"));
  EXPECT_THAT(mistakes(script("interval = \"500ms\"") + kFollower),
              ElementsAre("f:4:12: error: \"timeout\" (1s, the default) must not exceed "
                          "\"interval\" (500ms)"));
  EXPECT_THAT(mistakes(script("interval = \"1s\"") + kFollower), IsEmpty());
}

TEST(ParseScript, NoShellFindsItsProgram) {
  EXPECT_THAT(mistakes(script("", "a", "[\"true\"]") + kFollower),
              ElementsAre(HasSubstr("a program is named by its absolute path")));
  EXPECT_THAT(mistakes(script("", "a", "\"/bin/true -x\"") + kFollower),
              ElementsAre(HasSubstr("must be the path of a program and its arguments")));
  EXPECT_THAT(mistakes(script("", "a", "[[\"/bin/true\"]]") + kFollower),
              ElementsAre(HasSubstr("must be the path of a program and its arguments")));
  EXPECT_THAT(mistakes(script("", "a", "[]") + kFollower),
              ElementsAre(HasSubstr("a command has 1 .. 256 elements")));
  EXPECT_THAT(mistakes("[[script]]\nname = \"a\"\n" + kFollower),
              ElementsAre(HasSubstr("[[script]]: \"command\" is required")));
}

TEST(ParseScript, ANameIsUnique) {
  EXPECT_THAT(mistakes(script() + script() + kFollower),
              ElementsAre(HasSubstr("f:6:8: error: a script \"a\" is already at")));
}

TEST(ParseScript, OneThatNobodyFollowsDrawsAWarning) {
  const ParsedConfig parsed = accepted(script() + kFollower + script("", "b"));
  EXPECT_THAT(texts(parsed.warnings),
              ElementsAre("f:11:1: warning: the script \"b\" is followed by no track"));
  EXPECT_EQ(parsed.config.tracked.scripts.size(), 1U);
}

}  // namespace
}  // namespace evenkeel::daemon
