#include "daemon/process/log_line.h"

#include <gtest/gtest.h>

#include "daemon/process/message.h"

namespace evenkeel::daemon {
namespace {

using namespace std::chrono_literals;

LogLine line(std::string_view role, std::string_view text) {
  return {.time = std::chrono::system_clock::time_point(1709208000123ms),
          .severity = Severity::Warning,
          .role = role,
          .text = text};
}

TEST(LogLine, Text) {
  EXPECT_EQ(text_line(line("checks", "channel full")),
            "2024-02-29T12:00:00.123Z warning checks: channel full\n");
  EXPECT_EQ(text_line(line("", "ready")), "2024-02-29T12:00:00.123Z warning ready\n");
}

TEST(LogLine, Json) {
  EXPECT_EQ(json_line(line("", R"(path "a\b")")),
            R"({"time":"2024-02-29T12:00:00.123Z","level":"warning","role":"main",)"
            R"("text":"path \"a\\b\""})"
            "\n");
}

TEST(LogLine, JournalPriorities) {
  LogLine each = line("vrrp", "x");
  EXPECT_EQ(journal_line(each), "<4>vrrp: x\n");
  each.severity = Severity::Error;
  EXPECT_EQ(journal_line(each), "<3>vrrp: x\n");
  each.severity = Severity::Info;
  EXPECT_EQ(journal_line(each), "<6>vrrp: x\n");
  each.severity = Severity::Debug;
  EXPECT_EQ(journal_line(each), "<7>vrrp: x\n");
  EXPECT_EQ(journal_json_line(each), "<7>" + json_line(each));
}

TEST(Printable, KeepsWhatIsPrintable) {
  EXPECT_EQ(printable_line("plain ~ text \\n"), "plain ~ text \\n");
  EXPECT_EQ(printable_line("größe 数 😀"), "größe 数 😀");
  EXPECT_EQ(printable_line("\xF4\x8F\xBF\xBF"), "\xF4\x8F\xBF\xBF");  // U+10FFFF
}

// A child may have been taken over by what it parsed: it must not write lines of its own, nor
// speak to the operator's terminal.
TEST(Printable, EscapesWhatActsOnLogsAndTerminals) {
  EXPECT_EQ(printable_line("a\n<0>b"), "a\\x0a<0>b");
  EXPECT_EQ(printable_line("\x1b[2J\x7f"), "\\x1b[2J\\x7f");
  EXPECT_EQ(printable_line(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable_line("\xC2\x9B"), "\\xc2\\x9b");  // U+009B: a terminal's CSI in one character
}

TEST(Printable, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(printable_line("\x80"), "\\x80");                             // a tail without a head
  EXPECT_EQ(printable_line("\xC3"), "\\xc3");                             // cut
  EXPECT_EQ(printable_line("\xE2\x82"), "\\xe2\\x82");                    // cut
  EXPECT_EQ(printable_line("\xC0\xAF"), "\\xc0\\xaf");                    // overlong '/'
  EXPECT_EQ(printable_line("\xE0\x80\x80"), "\\xe0\\x80\\x80");           // overlong
  EXPECT_EQ(printable_line("\xED\xA0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable_line("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
  EXPECT_EQ(printable_line("\xFF"), "\\xff");
}

}  // namespace
}  // namespace evenkeel::daemon
