// The JSON Schema that is made from the keys says what the parser takes: the same tables, the same
// keys, the same words.
#include "daemon/config/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/config/all_keys.h"
#include "daemon/config/sysctl.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;

const json& schema() {
  static const json parsed = json::parse(config_schema());
  return parsed;
}

/// By their paths.
std::map<std::string_view, KnownKeys> known_tables() {
  std::map<std::string_view, KnownKeys> tables = {{"ipvs.sysctl", sysctl_keys()}};
  for_each_table([&]<typename Table>(std::type_identity<Table>) {
    tables.emplace(Keys<Table>::path, kKnownKeys<Table>);
  });
  return tables;
}

const json& definition_of(std::string_view table) {
  return table.empty() ? schema() : schema().at("definitions").at(std::string(table));
}

TEST(Schema, HasTheKeysThatTheParserTakes) {
  for (const auto& [path, keys] : known_tables()) {
    const std::set<std::string> wanted(keys.names.begin(), keys.names.end());
    std::set<std::string> actual;
    const json& definition = definition_of(path);
    for (const auto& [key, value] : definition.at("properties").items()) actual.insert(key);
    EXPECT_EQ(actual, wanted) << path;
    EXPECT_EQ(definition.at("additionalProperties"), false) << path;
  }
}

/// Of a value that may differ per node: what it is without a table.
const json& value_schema(std::string_view table, const char* key) {
  return definition_of(table).at("properties").at(key).at("anyOf").at(0);
}

TEST(Schema, AValuePerNodeIsOfTheSameKind) {
  int count = 0;
  for (const auto& [path, keys] : known_tables()) {
    for (const auto& [key, value] : definition_of(path).at("properties").items()) {
      if (!value.contains("anyOf")) continue;
      EXPECT_EQ(value.at("anyOf").at(1).at("additionalProperties"), value.at("anyOf").at(0)) << key;
      ++count;
    }
  }
  EXPECT_GT(count, 50);
}

TEST(Schema, HasTheSchedulers) {
  json wanted = json::array();
  for (const std::string_view name : kSchedulers) wanted.push_back(name);
  EXPECT_EQ(value_schema("virtual_service", "scheduler").at("enum"), wanted);
}

TEST(Schema, HasTheRangesAndDefaultsOfTheSysctls) {
  const SysctlValues recommended = recommended_sysctls();
  for (const Sysctl& sysctl : known_sysctls()) {
    const std::string name(sysctl.name);
    const json& value = value_schema("ipvs.sysctl", name.c_str());
    if (sysctl.is_switch) {
      EXPECT_EQ(value.at("enum"), json::array({true, false, 0, 1})) << name;
    } else {
      EXPECT_EQ(value.at("minimum"), sysctl.min) << name;
      EXPECT_EQ(value.at("maximum"), sysctl.max) << name;
    }
    const json& key = definition_of("ipvs.sysctl").at("properties").at(name);
    const auto found = recommended.find(name);
    ASSERT_EQ(key.contains("default"), found != recommended.end()) << name;
    if (found == recommended.end()) continue;
    const json& written = key.at("default");
    EXPECT_EQ(written.is_boolean() ? int(written.get<bool>()) : written.get<int>(), found->second)
        << name;
  }
}

}  // namespace
}  // namespace evenkeel::daemon
