// What is said to whoever wrote something else than TOML, through the parser: its places are what
// the hint works with.
#include "daemon/config/syntax_hint.h"

#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

void expect_hint(const std::string& text, const std::string& hint) {
  EXPECT_THAT(mistakes(text), ElementsAre(EndsWith("; " + hint))) << text;
}

TEST(SyntaxHint, TextNeedsQuotes) {
  const auto expect_quotes = [](const std::string& before, const std::string& word,
                                const std::string& after = "") {
    expect_hint(before + word + after + "\n", "text needs quotes");
    EXPECT_THAT(mistakes("password = s3cret\n"), ElementsAre(Not(HasSubstr("s3cret"))));
  };
  for (const char* const word :
       {"web", "192.0.2.1", "192.0.2.1:80", "192.0.2.10/24", "2001:db8::1", "fe80::1", "eth0", "1s",
        "250ms", "10%", "/usr/bin/true", "n", "inf0", "false0"}) {
    expect_quotes("name = ", word);
    expect_quotes("name=", word, " # so");
  }
  expect_quotes("[a]\nb = [\"x\", ", "y", "]");
  expect_quotes("b = [", "192.0.2.1", "]");
  expect_quotes("check = { type = ", "tcp", " }");
  expect_quotes("priority = { lb1 = 150, lb2 = ", "high", " }");
  expect_quotes("a = [\n  ", "192.0.2.10", ",\n]");
  expect_quotes("a = [\n  { name = ", "eth1", " },\n]");
  expect_quotes("a = [ # one, \"two\"\n  \"x\", ", "eth1", ",\n]");
  expect_quotes("a = { name = \"éééééééééé\", type = ", "tcp", " }");
}

TEST(SyntaxHint, ABooleanIsAWord) {
  for (const char* const word : {"True", "yes", "on"}) {
    expect_hint("a = " + std::string(word) + "\n", "write true");
  }
  for (const char* const word : {"False", "no", "off"}) {
    expect_hint("a = " + std::string(word) + "\n", "write false");
  }
}

TEST(SyntaxHint, ALineHasNoSemicolon) {
  for (const char* const text : {"a = true;\n", "a = \"x\";\n", "a = 5; # so\n"}) {
    expect_hint(text, "a line of TOML has no \";\" at its end");
  }
}

TEST(SyntaxHint, TypographicQuotesAreNone) {
  expect_hint("name = “web”\n", "the quotes “ are typographic: TOML's are \"\"");
  expect_hint("name = ‘web’\n", "the quotes ‘ are typographic: TOML's are \"\"");
}

TEST(SyntaxHint, OtherLanguagesAreRecognised) {
  const std::string keepalived =
      "this is keepalived's language; evenkeel's file is TOML: evenkeel.toml(5), and README, "
      "\"From keepalived\"";
  expect_hint("! Configuration File for keepalived\n\nvrrp_instance VI_1 {\n  state MASTER\n}\n",
              keepalived);
  expect_hint("global_defs {\n}\n", keepalived);
  expect_hint("virtual_server 192.0.2.10 80 {\n", keepalived);
  const std::string ours = "; evenkeel's file is TOML: evenkeel.toml(5)";
  expect_hint("vrrp:\n  instance:\n    - name: web\n", "this looks like YAML" + ours);
  expect_hint("---\nvrrp: {}\n", "this looks like YAML" + ours);
  expect_hint("{ \"vrrp\": 1 }\n", "this looks like JSON" + ours);
  expect_hint("[{ \"vrrp\": 1 }]\n", "this looks like JSON" + ours);
}

TEST(SyntaxHint, AListOfTablesHasDoubleBrackets) {
  const std::string twice =
      "[virtual_service]\nname = \"a\"\n[virtual_service] # b\nname = \"b\"\n";
  expect_hint(twice, "each element of this list begins with [[virtual_service]]");
  expect_hint("[virtual_service]\nname = \"a\"\n[[ virtual_service ]]\n",
              "each element of this list begins with [[virtual_service]], the first one too");
}

TEST(SyntaxHint, NothingIsSaidOfOtherMistakes) {
  for (const char* const text :
       {"a = \"x\n", "a = 08\n", "a = \n", "[a\n", "a = 1\na = 2\n", "[a]\n[a]\n", "name web\n",
        "# vrrp_instance\na = 08\n", "a = 08 # „x“\n",
        "a = \"\"\"\nvirtual_server on lb1\n\"\"\"\nb = 08\n",
        "a = [\n { b = \"x\" }\n { b = \"y\" },\n]\n", "a = { b = \"x\", port}\n",
        "a = { b = 1, port: 80 }\n"}) {
    EXPECT_THAT(mistakes(text), ElementsAre(Not(HasSubstr("; ")))) << text;
  }
}

TEST(SyntaxHint, AnyPlaceIsTaken) {
  constexpr std::array<std::string_view, 1> kLists = {"[[a]]"};
  for (std::uint32_t line = 0; line < 4; ++line) {
    for (std::uint32_t column = 0; column < 9; ++column) {
      static_cast<void>(syntax_hint("a = b\n[a]", line, column, kLists));
      EXPECT_EQ(syntax_hint("", line, column, kLists), "");
    }
  }
}

}  // namespace
}  // namespace evenkeel::daemon
