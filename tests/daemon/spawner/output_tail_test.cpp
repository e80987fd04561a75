#include "daemon/spawner/output_tail.h"

#include <gtest/gtest.h>

#include "daemon/spawner/run.h"

namespace evenkeel::daemon {
namespace {

std::string last_line_of(const std::string& output, std::size_t piece = 1000) {
  OutputTail tail;
  for (std::size_t at = 0; at < output.size(); at += piece) tail.append(output.substr(at, piece));
  return tail.last_line();
}

TEST(OutputTail, TheLastLineWithAnythingInIt) {
  EXPECT_EQ(last_line_of(""), "");
  EXPECT_EQ(last_line_of("\n \r\n\t"), "");
  EXPECT_EQ(last_line_of("one"), "one");
  EXPECT_EQ(last_line_of("one\n"), "one");
  EXPECT_EQ(last_line_of("one\ntwo three \r\n\n"), "two three");
  EXPECT_EQ(last_line_of("one\n\ttwo\n", 1), "two");
  EXPECT_EQ(last_line_of("50%\r100%\n"), "100%") << "what a terminal would show";
}

TEST(OutputTail, KeepsTheEndOfAFlood) {
  std::string flood;
  for (int i = 0; i < 100'000; ++i) flood += "line " + std::to_string(i) + "\n";
  for (const std::size_t piece : {7UL, 4095UL, 4096UL, 65536UL}) {
    EXPECT_EQ(last_line_of(flood, piece), "line 99999") << piece;
  }
  EXPECT_EQ(last_line_of(std::string(100'000, 'x') + "\n", 333), std::string(kMaxLine, 'x'));
}

TEST(OutputTail, CutsNoCharacter) {
  const std::string line = std::string(kMaxLine - 1, 'x') + "\xC3\xA4" + "y";
  EXPECT_EQ(last_line_of(line), std::string(kMaxLine - 1, 'x'));
  EXPECT_EQ(last_line_of("y" + line), "y" + std::string(kMaxLine - 1, 'x'));
  EXPECT_EQ(last_line_of(line.substr(1)), line.substr(1, kMaxLine));
}

}  // namespace
}  // namespace evenkeel::daemon
