// The JSON Schema that is made from the keys says what the parser takes: the same tables, the same
// keys, the same words.
#include "daemon/config/schema.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <vector>

#include "daemon/config/all_keys.h"
#include "daemon/config/key_facts.h"
#include "daemon/config/sysctl.h"

namespace evenkeel::daemon {
namespace {

using nlohmann::json;

const json& schema() {
  static const json parsed = json::parse(config_schema(key_facts()));
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

/// What a check of the type has to be besides.
const json& rule_of(const json& schema, std::string_view type) {
  for (const json& each : schema.at("definitions").at("check").at("allOf")) {
    if (each.at("if").at("properties").at("type").at("const") == type) return each.at("then");
  }
  throw std::out_of_range(std::string(type));
}

TEST(Schema, SaysByTypeWhatAKeyOfTwoTypesIs) {
  std::vector<KeyFact> facts = key_facts();
  KeyFact& of_tcp = *std::find_if(facts.begin(), facts.end(),
                                  [](const KeyFact& fact) { return fact.key == "send"; });
  ASSERT_EQ(of_tcp.type, "tcp");
  for (const std::string_view text : {"", "of tcp"}) {
    of_tcp.text = text;
    std::vector<KeyFact> with_another = facts;
    with_another.push_back({.table = "check",
                            .key = "send",
                            .type = "http",
                            .text = "of http",
                            .value = "",
                            .schema = {{"type", "integer"}},
                            .default_value = nullptr,
                            .min = "",
                            .max = "",
                            .words = {},
                            .is_required = true,
                            .is_for_all_nodes = true});
    const json made = json::parse(config_schema(with_another));
    const json& check = made.at("definitions").at("check");
    const std::string both = text.empty() ? "of http" : "of tcp; of http";
    EXPECT_EQ(check.at("properties").at("send"), (json{{"description", both}}));
    EXPECT_EQ(check.at("required"), json::array({"type"}));

    const json& tcp = rule_of(made, "tcp");
    EXPECT_EQ(tcp.at("properties").at("send").at("anyOf").at(0).at("type"), "string");
    EXPECT_FALSE(tcp.contains("required"));
    const json& http = rule_of(made, "http");
    EXPECT_EQ(http.at("properties").at("send"),
              (json{{"description", "of http"}, {"type", "integer"}}));
    EXPECT_EQ(http.at("required"), json::array({"send"}));
    for (const json* const rule : {&tcp, &http}) {
      const json& foreign = rule->at("propertyNames").at("not").at("enum");
      EXPECT_EQ(std::count(foreign.begin(), foreign.end(), "send"), 0);
      EXPECT_EQ(std::count(foreign.begin(), foreign.end(), rule == &tcp ? "path" : "expect"), 1);
    }
  }
}

TEST(Schema, EachLimitThatATextNamesIsThere) {
  EXPECT_THAT(config_schema(key_facts()), ::testing::Not(::testing::ContainsRegex("\\{m(in|ax)")));
  EXPECT_EQ(fields::with_limit("at most {max}", "{max}", ""), "at most {max}");
  EXPECT_EQ(fields::with_limit("at most {max}", "{max}", "5"), "at most 5");
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
