// The JSON Schema, judged by the parser: what the one says of a key's range, of its default and of
// whether it is required, the other does.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "daemon/config/key_facts.h"
#include "daemon/config/parse.h"
#include "daemon/config/schema.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;
using Lines = std::map<std::string, std::string>;  // key -> value, in TOML

/// A table of the file that is good, with what stands before and after it.
struct Sample {
  std::string definition, before;
  Lines lines;
  std::string after;
};

const Lines kService = {{"name", "\"web\""},
                        {"address", "\"192.0.2.10\""},
                        {"port", "80"},
                        {"protocol", "\"tcp\""},
                        {"forwarding", "\"direct\""}};
const Lines kRealServer = {{"address", "\"192.0.2.21\""}, {"port", "80"}};
const Lines kInstance = {{"name", "\"web\""},
                         {"interface", "\"eth0\""},
                         {"virtual_router_id", "61"},
                         {"virtual_addresses", "[\"192.0.2.10\"]"}};

std::string text_of(const std::string& head, const Lines& lines) {
  std::string text = head + "\n";
  for (const auto& [key, value] : lines) text.append(key).append(" = ").append(value).append("\n");
  return text;
}

std::vector<Sample> samples() {
  const std::string server = text_of("[[virtual_service.real_server]]", kRealServer);
  return {{"global", "[global]", {}, ""},
          {"ipvs", "[ipvs]", {}, ""},
          {"ipvs.timeouts", "[ipvs.timeouts]", {}, ""},
          {"check", "[check.a]", {{"type", "\"http\""}}, ""},
          {"check", "[check.a]", {{"type", "\"tcp\""}}, ""},
          {"check", "[check.a]", {{"type", "\"script\""}, {"command", "[\"/bin/true\"]"}}, ""},
          {"vrrp.instance", "[[vrrp.instance]]", kInstance, ""},
          {"vrrp.instance.announcements",
           text_of("[[vrrp.instance]]", kInstance) + "[vrrp.instance.announcements]",
           {},
           ""},
          {"script", "[[script]]", {{"name", "\"a\""}, {"command", "[\"/bin/true\"]"}}, ""},
          {"virtual_service", "[[virtual_service]]", kService, server},
          {"virtual_service.real_server",
           text_of("[[virtual_service]]", kService) + "[[virtual_service.real_server]]",
           kRealServer, ""}};
}

auto parsed_with(const Sample& sample, const Lines& lines) {
  return parse_config({{"a.toml", text_of(sample.before, lines) + sample.after}}, "lb1", "");
}

/// The messages of the mistakes, without their places.
std::vector<std::string> mistakes_of(const Sample& sample, const Lines& lines) {
  const auto parsed = parsed_with(sample, lines);
  std::vector<std::string> messages;
  if (parsed) return messages;
  for (const Diagnostic& mistake : parsed.error()) messages.push_back(mistake.message);
  return messages;
}

bool has_one_that_begins(const std::vector<std::string>& messages, const std::string& with) {
  return std::any_of(messages.begin(), messages.end(),
                     [&](const std::string& message) { return message.starts_with(with); });
}

std::vector<std::string> mistakes_with(const Sample& sample, const std::string& key,
                                       const std::string& value) {
  Lines lines = sample.lines;
  lines[key] = value;
  return mistakes_of(sample, lines);
}

/// Whether the parser takes it for a value that the key may have; rules between keys may still
/// refuse it.
bool is_in_range(const Sample& sample, const std::string& key, const std::string& value) {
  return !has_one_that_begins(mistakes_with(sample, key, value), "\"" + key + "\" must be ");
}

/// A key of another type of check, which is not read.
bool is_foreign(const Sample& sample, const std::string& key, const std::string& value) {
  return has_one_that_begins(mistakes_with(sample, key, value), "\"" + key + "\" belongs to ");
}

/// With what the schema says of a check of the sample's type.
json definition_of(const Sample& sample, const json& definitions) {
  json definition = definitions.at(sample.definition);
  for (const json& rule : definition.value("allOf", json::array())) {
    if (rule.at("if").at("properties").at("type").at("const").dump() != sample.lines.at("type")) {
      continue;
    }
    const json& then = rule.at("then");
    definition["properties"].update(then.value("properties", json::object()));
    for (const json& key : then.value("required", json::array())) {
      definition["required"].push_back(key);
    }
  }
  return definition;
}

template <typename Act>
void for_each_key_of_the_schema(Act&& act) {
  const json definitions = json::parse(config_schema(key_facts())).at("definitions");
  for (const Sample& sample : samples()) {
    EXPECT_THAT(mistakes_of(sample, sample.lines), ::testing::IsEmpty()) << sample.definition;
    const json definition = definition_of(sample, definitions);
    for (const auto& [key, schema] : definition.at("properties").items()) {
      act(sample, definition, key, schema);
    }
  }
}

TEST(SchemaAndParser, HaveTheSameRanges) {
  int count = 0;
  for_each_key_of_the_schema([&](const Sample& sample, const json& /*definition*/,
                                 const std::string& key, const json& schema) {
    const json& value = schema.contains("anyOf") ? schema.at("anyOf").at(0) : schema;
    if (!value.contains("minimum") || !value.contains("maximum")) return;
    const auto min = value.at("minimum").get<std::int64_t>();
    const auto max = value.at("maximum").get<std::int64_t>();
    if (is_foreign(sample, key, std::to_string(min))) return;
    EXPECT_TRUE(is_in_range(sample, key, std::to_string(min))) << sample.definition << " " << key;
    EXPECT_TRUE(is_in_range(sample, key, std::to_string(max))) << sample.definition << " " << key;
    EXPECT_FALSE(is_in_range(sample, key, std::to_string(min - 1))) << key << " below " << min;
    EXPECT_FALSE(is_in_range(sample, key, std::to_string(max + 1))) << key << " above " << max;
    ++count;
  });
  EXPECT_GE(count, 10);
}

TEST(SchemaAndParser, HaveTheSameRequiredKeys) {
  int count = 0;
  for_each_key_of_the_schema([&](const Sample& sample, const json& definition,
                                 const std::string& key, const json& /*schema*/) {
    const json none = json::array();
    const json& required = definition.contains("required") ? definition.at("required") : none;
    const bool is_required = std::find(required.begin(), required.end(), key) != required.end();
    Lines lines = sample.lines;
    lines.erase(key);
    const std::vector<std::string> messages = mistakes_of(sample, lines);
    const bool is_missed =
        std::any_of(messages.begin(), messages.end(), [&](const std::string& message) {
          return message.ends_with("\"" + key + "\" is required");
        });
    EXPECT_EQ(is_missed, is_required) << sample.definition << " " << key;
    count += is_required ? 1 : 0;
  });
  EXPECT_GE(count, 12);
}

TEST(SchemaAndParser, HaveTheSameDefaults) {
  int count = 0;
  for_each_key_of_the_schema([&](const Sample& sample, const json& /*definition*/,
                                 const std::string& key, const json& schema) {
    if (!schema.contains("default")) return;
    const std::string value = schema.at("default").dump();
    if (is_foreign(sample, key, value)) return;
    Lines without = sample.lines, with = sample.lines;
    without.erase(key);
    with[key] = value;
    const auto absent = parsed_with(sample, without), written = parsed_with(sample, with);
    ASSERT_TRUE(absent) << sample.definition << " " << key;
    ASSERT_TRUE(written) << sample.definition << " " << key << " = " << value << ": "
                         << to_string(written.error().front());
    EXPECT_TRUE(written->config == absent->config) << sample.definition << " " << key;
    ++count;
  });
  EXPECT_GE(count, 30);
}

}  // namespace
}  // namespace evenkeel::daemon
