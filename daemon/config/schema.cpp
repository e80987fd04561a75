#include "daemon/config/schema.h"

#include <map>
#include <set>
#include <string>

#include "daemon/config/all_keys.h"
#include "daemon/config/key_facts.h"
#include "daemon/config/sysctl.h"
#include "daemon/spawner/program.h"

namespace evenkeel::daemon {
namespace {

Schema schema_of_key(const KeyFact& fact) {
  Schema schema = Schema::object();
  if (!fact.text.empty()) schema["description"] = fact.text;
  if (!fact.default_value.is_null()) schema["default"] = fact.default_value;
  if (fact.is_for_all_nodes) {
    schema.update(fact.schema);
  } else {
    add_per_node(schema, fact.schema);
  }
  return schema;
}

/// To a schema that is null, or that of the same key in a check of another type: what the key is in
/// each, keys_of_type() says.
void add_key(const KeyFact& fact, Schema& schema) {
  if (schema.is_null()) {
    schema = schema_of_key(fact);
    return;
  }
  std::string text = schema.value("description", "");
  if (!text.empty() && !fact.text.empty()) text += "; ";
  schema = Schema::object();
  if (text += fact.text; !text.empty()) schema["description"] = text;
}

/// An object of the keys of the table, and no others.
Schema schema_of_table(std::string_view path, std::string_view text,
                       const std::vector<KeyFact>& facts) {
  Schema schema = Schema::object();
  if (!text.empty()) schema["description"] = text;
  schema["type"] = "object";
  schema["additionalProperties"] = false;
  Schema properties = Schema::object();
  for (const KeyFact& fact : facts) {
    if (fact.table != path) continue;
    if (fact.is_required && fact.type.empty()) schema["required"].push_back(fact.key);
    add_key(fact, properties[std::string(fact.key)]);
  }
  schema["properties"] = std::move(properties);
  return schema;
}

/// In a check of the type: the keys that only other types have are refused. A key that it shares
/// with another is what the type says, and one that it requires is there.
Schema keys_of_type(std::string_view type, const std::vector<KeyFact>& facts) {
  std::map<std::string_view, const KeyFact*> own;
  for (const KeyFact& fact : facts) {
    if (fact.type == type) own.emplace(fact.key, &fact);
  }
  std::set<std::string_view> noted;
  Schema foreign = Schema::array();
  Schema rule = Schema::object();
  for (const KeyFact& fact : facts) {
    if (fact.type.empty()) continue;
    const auto same = own.find(fact.key);
    if (same == own.end()) {
      if (noted.insert(fact.key).second) foreign.push_back(fact.key);
    } else if (same->second != &fact) {
      rule["properties"][std::string(fact.key)] = schema_of_key(*same->second);
    } else if (fact.is_required) {
      rule["required"].push_back(fact.key);
    }
  }
  rule["propertyNames"] = {{"not", {{"enum", std::move(foreign)}}}};
  return rule;
}

Schema keys_by_type(const std::vector<KeyFact>& facts) {
  Schema rules = Schema::array();
  for (const std::string_view type : kCheckTypes) {
    rules.push_back({{"if", {{"properties", {{"type", {{"const", type}}}}}}},
                     {"then", keys_of_type(type, facts)}});
  }
  return rules;
}

Schema sysctls() {
  const SysctlValues recommended = recommended_sysctls();
  Schema properties = Schema::object();
  for (const Sysctl& sysctl : known_sysctls()) {
    const std::string name(sysctl.name);
    Schema& schema = properties[name];
    schema["description"] = "net.ipv4.vs." + name;
    if (const auto found = recommended.find(name); found != recommended.end()) {
      schema["default"] = sysctl.is_switch ? Schema(found->second != 0) : Schema(found->second);
    }
    add_per_node(schema, sysctl.is_switch ? Schema{{"enum", Schema::array({true, false, 0, 1})}}
                                          : integer_schema(sysctl.min, sysctl.max));
  }
  return {{"description", "net.ipv4.vs.*"},
          {"type", "object"},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

/// What a value is, where several keys have it.
Schema shared_definitions() {
  const std::string status = "[1-5][0-9][0-9]";
  const Schema name = {{"type", "string"}};
  const Schema check = {{"anyOf", Schema::array({name, schema_at("check")})}};
  const Schema list = {{"type", "array"}, {"items", check}};
  const Schema checks = {
      {"description", "the name of a check, an inline table, or an array of them (all must pass)"},
      {"anyOf", Schema::array({name, schema_at("check"), list})}};
  const Schema argument = {{"type", "string"}, {"maxLength", kMaxArgument}};
  const Schema none_or_one = {{"type", "array"}, {"maxItems", kMaxArguments}, {"items", argument}};
  Schema command = none_or_one;
  command["minItems"] = 1;
  const Schema commands = {{"type", "array"}, {"maxItems", kMaxCommands}, {"items", command}};
  command["description"] = "a program, by its absolute path, and its arguments";
  return {{"duration",
           {{"type", "string"},
            {"pattern", "^[0-9]+(ms|s|m|h)$"},
            {"description", "one integer and a unit: 250ms 2s 5m 1h"}}},
          {"address",
           {{"type", "string"},
            {"minLength", 2},
            {"maxLength", 45},
            {"description", "an IPv4 or IPv6 address"},
            {"pattern", "^[0-9a-fA-F:.]+$"}}},
          {"moved_address",
           {{"type", "string"},
            {"description",
             "an IPv4 or IPv6 address; bare = /32 or /128, which is nearly always right"},
            {"pattern", "^[0-9a-fA-F:.]{2,45}(/[1-9][0-9]{0,2})?$"}}},
          {"port", integer_schema(1, 65535)},
          {"name", pattern_schema("^[!-~]{1," + std::to_string(kMaxName) + "}$")},
          {"status",
           {{"anyOf", Schema::array({integer_schema(Statuses::kMin, Statuses::kMax),
                                     pattern_schema("^" + status + "(-" + status + ")?$")})}}},
          {"checks", checks},
          {"command", command},
          {"commands",
           {{"description",
             "a program, by its absolute path, and its arguments; or an array of such arrays"},
            {"anyOf", Schema::array({none_or_one, commands})}}}};
}

}  // namespace

std::string config_schema(const std::vector<KeyFact>& facts) {
  Schema definitions = shared_definitions();
  for_each_table([&]<typename Table>(std::type_identity<Table>) {
    if constexpr (!std::is_same_v<Table, Config>) {
      std::string_view text;
      if constexpr (requires { Keys<Table>::text; }) text = Keys<Table>::text;
      const std::string_view path = Keys<Table>::path;
      definitions[std::string(path)] = schema_of_table(path, text, facts);
    }
  });
  definitions["ipvs.sysctl"] = sysctls();
  definitions["check"]["allOf"] = keys_by_type(facts);
  Schema schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                   {"title", "evenkeel.toml"}};
  schema.update(schema_of_table("file",
                                "The configuration of evenkeeld. A value that is not a table may "
                                "be written as one keyed by node name.",
                                facts));
  schema["definitions"] = std::move(definitions);
  return schema.dump(2) + "\n";
}

}  // namespace evenkeel::daemon
