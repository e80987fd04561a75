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
  EXPECT_THAT(warnings(read(kFolder / "evenkeel.toml")), IsEmpty());
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
  vrrp::Config least_pair = accepted(instance()).config.vrrp;
  vrrp::InstanceConfig inside = least_pair.instances.at(0);
  inside.name = "inside";
  inside.interface = "eth1";
  inside.virtual_router_id = 62;
  inside.virtual_addresses.at(0).address = boost::asio::ip::make_address("10.0.0.1");
  least_pair.instances.push_back(inside);
  least_pair.sync_groups = {{.name = "both_sides", .instances = {"web", "inside"}}};
  EXPECT_EQ(config.vrrp, least_pair);

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

TEST(ShippedFiles, EveryExampleParsesWithoutAWarningOnBothNodes) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder / "examples")) {
    for (const char* const node : {"lb1", "lb2"}) {
      const auto parsed = load_config(entry.path(), node);
      ASSERT_TRUE(parsed) << ::testing::PrintToString(texts(parsed.error()));
      // Not those of load_config(), which also says who may write the checkout.
      const auto text = parse_config({{entry.path(), read(entry.path())}}, node);
      EXPECT_THAT(texts(text->warnings), IsEmpty()) << entry.path();
      EXPECT_FALSE(parsed->config.services.empty() && parsed->config.vrrp.instances.empty());
    }
    ++count;
  }
  EXPECT_GE(count, 10);
}

/// What the nodes must agree on, and what tells them apart.
TEST(ShippedFiles, ThePairsAreOne) {
  for (const char* const name : {"pair.toml", "failover.toml", "sync_group.toml"}) {
    const auto first = load_config(kFolder / "examples" / name, "lb1");
    const auto second = load_config(kFolder / "examples" / name, "lb2");
    ASSERT_TRUE(first && second) << name;
    ASSERT_FALSE(first->config.vrrp.instances.empty()) << name;
    EXPECT_EQ(first->config.services, second->config.services) << name;
    for (std::size_t i = 0; i < first->config.vrrp.instances.size(); ++i) {
      vrrp::InstanceConfig ours = first->config.vrrp.instances[i];
      const vrrp::InstanceConfig& theirs = second->config.vrrp.instances.at(i);
      EXPECT_GT(ours.priority, theirs.priority) << name;
      ASSERT_TRUE(ours.unicast && theirs.unicast) << name;
      EXPECT_EQ(ours.unicast->peers, std::vector{theirs.unicast->source}) << name;
      EXPECT_EQ(theirs.unicast->peers, std::vector{ours.unicast->source}) << name;
      ours.priority = theirs.priority;
      ours.unicast = theirs.unicast;
      EXPECT_EQ(ours, theirs) << name;
    }
  }
}

}  // namespace
}  // namespace evenkeel::daemon
