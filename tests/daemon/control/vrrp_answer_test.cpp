#include "daemon/control/vrrp_answer.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "daemon/control/instance_selection.h"
#include "tests/daemon/control/sample_snapshot.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;

std::string answer_of(const std::vector<InstanceSnapshot>& instances, Format format) {
  auto snapshot = std::make_shared<Snapshot>(healthy_snapshot());
  snapshot->instances = instances;
  const auto answer =
      vrrp_answer(snapshot, select_instances(*snapshot, {}).value(), {.format = format}, 1);
  std::string text;
  std::string part;
  while (answer->append_next(part)) {
    EXPECT_LT(part.size(), Answer::kChunk + 4096);
    text += part;
    part.clear();
  }
  return text;
}

std::vector<json> lines_of(const std::vector<InstanceSnapshot>& instances) {
  std::vector<json> lines;
  std::istringstream stream(answer_of(instances, Format::Json));
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(json::parse(line, nullptr, false));
  }
  return lines;
}

TEST(VrrpAnswer, JsonIsAHeadAndAnEnd) {
  auto lines = lines_of({master_instance()});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0]["instances"].size(), 1U);
  EXPECT_EQ(lines[0]["instances"][0]["name"], "web");
  lines[0].erase("instances");
  EXPECT_EQ(lines[0], json::parse(R"({"ok":true,"version":"0.1.0","node_name":"lb1",
                                      "now":1700000000,"more":true})"));
  EXPECT_EQ(lines[1], json::parse(R"({"ok":true,"exit_code":1,"more":false})"));
}

TEST(VrrpAnswer, ADocumentIsOctetsAndAnEnd) {
  const std::string answer = answer_of({}, Format::Document);
  const std::string document =
      R"({"version":"0.1.0","node_name":"lb1","now":1700000000,"instances":[],"exit_code":1})";
  EXPECT_EQ(answer, "{\"ok\":true,\"bytes\":" + std::to_string(document.size() + 1) +
                        ",\"more\":true}\n" + document +
                        "\n{\"ok\":true,\"exit_code\":1,\"more\":false}\n");
}

TEST(VrrpAnswer, AThousandInstancesComeInChunks) {
  EXPECT_EQ(lines_of(std::vector(1000, backup_instance()))[0]["instances"].size(), 1000U);
  const std::string text = answer_of(std::vector(1000, backup_instance()), Format::Text);
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find("web   BACKUP", at)) != std::string::npos; ++at) ++found;
  EXPECT_EQ(found, 1000U);
}

TEST(VrrpAnswer, TextSaysItsSizeAndEnds) {
  const std::string text = answer_of({}, Format::Text);
  EXPECT_EQ(text,
            "{\"ok\":true,\"bytes\":26,\"more\":true}\nno instance is configured\n"
            "{\"ok\":true,\"exit_code\":1,\"more\":false}\n");
}

}  // namespace
}  // namespace evenkeel::daemon
