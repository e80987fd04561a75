#include "daemon/options.h"

#include <gtest/gtest.h>

namespace evenkeel::daemon {
namespace {

TEST(Options, Defaults) {
  const auto options = parse_options({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->role, Role::Main);
  EXPECT_EQ(options->config, "/etc/evenkeel/evenkeel.toml");
  EXPECT_EQ(options->runtime_directory, "/run/evenkeel");
  EXPECT_FALSE(options->log_level);
}

TEST(Options, Everything) {
  const auto options = parse_options({"--config", "a.toml", "--runtime-directory=/tmp/x",
                                      "--log-level", "debug", "--node", "lb2"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->config, "a.toml");
  EXPECT_EQ(options->runtime_directory, "/tmp/x");
  EXPECT_EQ(options->log_level, Severity::Debug);
  EXPECT_EQ(options->node_name, "lb2");
}

TEST(Options, CheckTakesAFileOrTheDefault) {
  EXPECT_EQ(parse_options({"--check"})->config, "/etc/evenkeel/evenkeel.toml");
  EXPECT_EQ(parse_options({"--check", "b.toml"})->config, "b.toml");
  EXPECT_EQ(parse_options({"--check=b.toml"})->role, Role::Check);
}

TEST(Options, CheckMayRefuseAnEmptyFile) {
  EXPECT_FALSE(parse_options({"--check"})->refuses_empty);
  for (const auto& words : {std::vector<std::string>{"--check", "b.toml", "--not-empty"},
                            std::vector<std::string>{"--not-empty", "--check=b.toml"}}) {
    const auto options = parse_options(words);
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->refuses_empty);
    EXPECT_EQ(options->config, "b.toml");
  }
  EXPECT_EQ(parse_options({"--not-empty"}).error(), "--not-empty goes with --check");
}

TEST(Options, TheInternalRole) {
  EXPECT_EQ(parse_options({"checks"})->role, Role::Checks);
  EXPECT_EQ(parse_options({"vrrp"})->role, Role::Vrrp);
  EXPECT_EQ(parse_options({"spawner"})->role, Role::Spawner);
  EXPECT_EQ(parse_options({"vrrp", "x"}).error(), "unexpected argument: x");
  const auto release = parse_options({"release", "--runtime-directory", "/run/x"});
  ASSERT_TRUE(release);
  EXPECT_EQ(release->role, Role::Release);
  EXPECT_EQ(release->runtime_directory, "/run/x");
  EXPECT_FALSE(release->releases_everything);
  EXPECT_TRUE(parse_options({"release", "--all"})->releases_everything);
  EXPECT_EQ(parse_options({"--all"}).error(), "--all goes with release");
  EXPECT_FALSE(parse_options({"checks", "more"}));
}

TEST(Options, HelpAndVersionDoNothingElseInAnyOrder) {
  using Words = std::vector<std::string>;
  for (const auto& [wish, role] : {std::pair("--help", Role::Help), std::pair("-h", Role::Help),
                                   std::pair("--version", Role::Version)}) {
    for (Words words : {Words{}, Words{"release"}, Words{"release", "--all"}, Words{"--all"},
                        Words{"--check"}, Words{"--config", "a.toml"}, Words{"--log-level", "loud"},
                        Words{"--runtime-directory", "/run/x", "release", "--all"}}) {
      for (std::size_t place = 0; place <= words.size(); ++place) {
        // Between an option and its value it is neither; then nothing is done either.
        Words all = words;
        all.insert(all.begin() + static_cast<std::ptrdiff_t>(place), wish);
        const auto options = parse_options(all);
        if (!options) continue;
        EXPECT_EQ(options->role, role) << wish << " as word " << place;
      }
    }
    EXPECT_EQ(parse_options({wish, "release", "--all"})->role, role);
    EXPECT_EQ(parse_options({"release", "--all", wish})->role, role);
    EXPECT_EQ(parse_options({"--check", wish})->role, role);
    EXPECT_FALSE(parse_options({"vrrp", wish}) && parse_options({"vrrp", wish})->role != role);
    EXPECT_FALSE(parse_options({wish, "checks"}) && parse_options({wish, "checks"})->role != role);
  }
  EXPECT_EQ(parse_options({"--version", "--help"})->role, Role::Help);
}

TEST(Options, MistakesAreNamed) {
  EXPECT_EQ(parse_options({"--log-level", "loud"}).error(),
            "unknown log level: loud (error, warning, info or debug)");
  EXPECT_EQ(parse_options({"stray"}).error(), "unexpected argument: stray");
  EXPECT_FALSE(parse_options({"--nonsense"}));
  EXPECT_FALSE(parse_options({"--config"}));
}

}  // namespace
}  // namespace evenkeel::daemon
