// etc/: what the package installs parses, and the commented file tells the truth about defaults.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "daemon/config/load.h"
#include "tests/daemon/config/parsing.h"

namespace evenkeel::daemon {
namespace {

using ::testing::IsEmpty;

const std::filesystem::path kFolder = SOURCE_FOLDER "/etc";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ShippedFiles, TheDefaultFileDoesNothing) {
  const auto parsed = load_config(kFolder / "evenkeel.toml", "lb1");
  ASSERT_TRUE(parsed) << ::testing::PrintToString(texts(parsed.error()));
  Config expected = accepted("").config;
  expected.digest = parsed->config.digest;
  EXPECT_EQ(parsed->config, expected);
  EXPECT_THAT(parsed->warnings, IsEmpty());
}

/// Lines that start with "#" and no blank are settings.
std::string uncommented(const std::string& text) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    const bool is_setting =
        line.size() > 1 && line[0] == '#' && (std::isalpha(line[1]) != 0 || line[1] == '[');
    result += (is_setting ? line.substr(1) : line) + "\n";
  }
  return result;
}

TEST(ShippedFiles, ItsCommentedSettingsAreValidAndTheDefaults) {
  const std::string text = uncommented(read(kFolder / "evenkeel.toml"));
  const Config config = accepted(text).config;
  const Config defaults = accepted("").config;
  EXPECT_EQ(config.global, defaults.global);
  EXPECT_EQ(config.ipvs, defaults.ipvs);

  ASSERT_EQ(config.services.size(), 1U);
  const ServiceConfig& written = config.services[0];
  ServiceConfig least = accepted(served("", "port = 8080\nname = \"web1\"")).config.services.at(0);
  EXPECT_EQ(written.service, least.service);
  EXPECT_EQ(written.on_failure, least.on_failure);
  EXPECT_EQ(written.quorum, least.quorum);
  EXPECT_EQ(written.hysteresis, least.hysteresis);
  ASSERT_EQ(written.real_servers.size(), 1U);
  EXPECT_EQ(written.real_servers[0].destination, least.real_servers.at(0).destination);

  ASSERT_EQ(written.real_servers[0].checks.size(), 2U);
  checks::Check check = written.real_servers[0].checks[0].check;
  auto& http = std::get<checks::HttpCheck>(check.probe);
  http.host.clear();  // these two have no default but an example
  http.headers.clear();
  const ServerCheck plain = accepted(served("check = { type = \"http\" }", "port = 8080"))
                                .config.services.at(0)
                                .real_servers.at(0)
                                .checks.at(0);
  EXPECT_EQ(check, plain.check);
  EXPECT_EQ(written.real_servers[0].checks[0].initial, plain.initial);
}

TEST(ShippedFiles, EveryExampleParsesWithoutAWarning) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder / "examples")) {
    const auto parsed = load_config(entry.path(), "lb1");
    ASSERT_TRUE(parsed) << ::testing::PrintToString(texts(parsed.error()));
    EXPECT_THAT(texts(parsed->warnings), IsEmpty()) << entry.path();
    EXPECT_FALSE(parsed->config.services.empty()) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 7);
}

}  // namespace
}  // namespace evenkeel::daemon
