#include "daemon/config/key_depth.h"

#include <gtest/gtest.h>
#include <string>

namespace evenkeel::daemon {
namespace {

std::string parts(std::size_t count) {
  std::string key = "a";
  for (std::size_t i = 1; i < count; ++i) key += ".a";
  return key;
}

TEST(KeyDepth, AllowsTheLimitAndFindsTheLineBeyondIt) {
  EXPECT_EQ(too_deep_key_line(parts(kMaxKeyParts) + " = 1"), std::nullopt);
  EXPECT_EQ(too_deep_key_line("x = 1\n\n" + parts(kMaxKeyParts + 1) + " = 1"), 3U);
}

TEST(KeyDepth, LooksIntoHeadersAndInlineTables) {
  EXPECT_EQ(too_deep_key_line("[" + parts(33) + "]"), 1U);
  EXPECT_EQ(too_deep_key_line("[[" + parts(33) + "]]"), 1U);
  EXPECT_EQ(too_deep_key_line("x = { y = 1, " + parts(33) + " = 2 }"), 1U);
  EXPECT_EQ(too_deep_key_line("x = { " + parts(20) + " = { " + parts(20) + " = 2 } }"),
            std::nullopt);
}

TEST(KeyDepth, CountsQuotedPartsAndBlanksBetween) {
  std::string key = "\"a\"";
  for (int i = 0; i < 40; ++i) key += i % 2 == 0 ? " . 'b'" : ".\"c\"";
  EXPECT_EQ(too_deep_key_line(key + " = 1"), 1U);
}

TEST(KeyDepth, DoesNotCountDotsInStringsAndComments) {
  const std::string dots(1000, '.');
  EXPECT_EQ(too_deep_key_line("# " + dots), std::nullopt);
  EXPECT_EQ(too_deep_key_line("x = \"" + dots + "\""), std::nullopt);
  EXPECT_EQ(too_deep_key_line("x = \"\\\"" + dots + "\""), std::nullopt);
  EXPECT_EQ(too_deep_key_line("x = '" + dots + "'"), std::nullopt);
  EXPECT_EQ(too_deep_key_line("x = '\\'\n# '" + dots), std::nullopt) << "no escapes in literals";
  EXPECT_EQ(too_deep_key_line("x = \"\"\"a\n\"" + dots + "\\\"\"\"" + dots + "\n\"\"\"\"\"\ny=1"),
            std::nullopt);
  EXPECT_EQ(too_deep_key_line("x = '''\n" + dots + "'''"), std::nullopt);
}

TEST(KeyDepth, CountsOnAfterAString) {
  const std::string deep = "\n" + parts(40) + " = 1";
  for (const char* const before :
       {"x = \"\"", "x = ''", "x = \"a\\\\\"", "x = \"\"\"\n\"\"\"", "x = '''\n'''", "x = \"open",
        "x = \"\"\"\"two\"\"\"\"\"", "# \"\"\"", "# '''"}) {
    EXPECT_TRUE(too_deep_key_line(before + deep)) << before;
  }
  EXPECT_EQ(too_deep_key_line("x = \"\"\"\n\n\"\"\"" + deep), 4U);
}

}  // namespace
}  // namespace evenkeel::daemon
