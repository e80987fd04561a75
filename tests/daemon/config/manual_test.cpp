// evenkeel.toml(5) is made from its template. (What the page says is tried by manual_test.py.)
#include "daemon/config/manual.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace evenkeel::daemon {
namespace {

using ::testing::HasSubstr;

/// The template of the page, with `from` replaced.
tl::expected<std::string, std::string> page(const std::string& from = "",
                                            const std::string& to = "") {
  std::ifstream file(SOURCE_FOLDER "/packaging/man/evenkeel.toml.5.in");
  std::ostringstream text;
  text << file.rdbuf();
  std::string page = text.str();
  const std::size_t at = page.find(from);
  EXPECT_NE(at, std::string::npos);
  page.replace(at, from.size(), to);
  return manual_page(page);
}

TEST(Manual, SaysWhatTheKeysSay) {
  const auto whole = page();
  ASSERT_TRUE(whole) << whole.error();
  EXPECT_THAT(*whole, HasSubstr(".It Ic priority No = Em integer\n"));
  EXPECT_THAT(*whole, HasSubstr(".It Ic on_stop No = \\(dqkeep\\(dq | \\(dqremove\\(dq\n"));
  EXPECT_THAT(*whole, HasSubstr("From one check to the next, 10ms to 24h.\n"));
  EXPECT_THAT(*whole, HasSubstr(".It Ic conn_reuse_mode No = 3\n"));
}

TEST(Manual, WhatDoesNotFitTheKeysIsAnError) {
  const auto error = [](const std::string& from, const std::string& to) {
    const auto made = page(from, to);
    return made ? "none" : made.error();
  };
  EXPECT_EQ(error("@sysctls\n", "\n"), "the page does not say anything of am_droprate");
  EXPECT_EQ(error("@key ipvs on_stop", "@key ipvs on_stpo"), "no such key: @key ipvs on_stpo");
  EXPECT_EQ(error("@key ipvs exclusive", "@key ipvs on_stop"),
            "no line has the head of exclusive in ipvs: @key");
  EXPECT_EQ(error("@default ipvs on_stop@", "@range ipvs on_stop@"),
            "there is none: @range ipvs on_stop@");
  EXPECT_EQ(error("@default ipvs on_stop@", "@default ipvs on_stop"),
            "a single @: .Qq @default ipvs on_stop .");
}

}  // namespace
}  // namespace evenkeel::daemon
