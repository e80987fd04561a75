#include "daemon/config/schema.h"

#include <nlohmann/json.hpp>

#include "daemon/config/all_keys.h"
#include "daemon/config/key_defaults.h"
#include "daemon/config/sysctl.h"

namespace evenkeel::daemon {
namespace {

using Json = nlohmann::ordered_json;

Json reference(std::string_view definition) {
  return {{"$ref", "#/definitions/" + std::string(definition)}};
}

Json text_like(std::string_view pattern) {
  return {{"type", "string"}, {"pattern", pattern}};
}

Json schema_of(Boolean /*kind*/) {
  return {{"type", "boolean"}};
}
Json schema_of(const Between& kind) {
  return {{"type", "integer"}, {"minimum", kind.min}, {"maximum", kind.max}};
}
Json schema_of(const Times& /*kind*/) {
  return reference("duration");
}
Json schema_of(AdvertisementInterval /*kind*/) {
  return reference("duration");
}
Json schema_of(UnicastAddress /*kind*/) {
  return reference("address");
}
Json schema_of(MovedAddress /*kind*/) {
  return reference("moved_address");
}
Json schema_of(Port /*kind*/) {
  return reference("port");
}
Json schema_of(Name /*kind*/) {
  return reference("name");
}
Json schema_of(Checks /*kind*/) {
  return reference("checks");
}
Json schema_of(Percentage /*kind*/) {
  return text_like("^(0*[0-9]{1,2}|0*100)%$");
}
Json one_of(std::span<const std::string_view> words) {
  Json all = Json::array();
  for (const std::string_view word : words) all.push_back(word);
  return {{"enum", std::move(all)}};
}
Json schema_of(const Word& kind) {
  return one_of(kind.words);
}
Json schema_of(const CheckType& kind) {
  return one_of(kind.words);
}
template <typename E, std::size_t N, std::size_t L>
Json schema_of(const Choice<E, N, L>& kind) {
  Json words = Json::array();
  for (const E word : kind.allowed) words.push_back(fields::name(word));
  return {{"enum", std::move(words)}};
}
template <typename E>
Json schema_of(NumberOf<E> /*kind*/) {
  Json numbers = Json::array();
  for (const auto& row : fields::kRows<E>) numbers.push_back(static_cast<int>(row.value));
  return {{"enum", std::move(numbers)}};
}
Json schema_of(const Octets& kind) {
  Json schema = {{"type", "string"}};
  if (kind.longest != Octets().longest) schema["maxLength"] = kind.longest;
  return schema;
}
Json schema_of(const Text& kind) {
  Json schema = {{"type", "string"}};
  if (!kind.pattern.empty()) schema["pattern"] = kind.pattern;
  schema["maxLength"] = kind.longest;
  return schema;
}
template <typename Each>
Json schema_of(const ListOf<Each>& kind) {
  Json schema = {{"type", "array"}};
  if (kind.fewest > 0) schema["minItems"] = kind.fewest;
  if (kind.most != ListOf<Each>().most) schema["maxItems"] = kind.most;
  schema["items"] = schema_of(kind.each);
  return schema;
}
Json schema_of(Statuses /*kind*/) {
  return {{"type", "array"},
          {"minItems", 1},
          {"maxItems", Statuses::kMost},
          {"items", reference("status")}};
}
Json schema_of(const SchedulerFlags& kind) {
  return {{"type", "array"}, {"uniqueItems", true}, {"items", one_of(kind.words)}};
}
Json schema_of(const Paths& /*kind*/) {
  return {{"type", "array"}, {"items", {{"type", "string"}, {"minLength", 1}}}};
}
Json schema_of(NodeAddresses /*kind*/) {
  return {{"type", "object"}, {"minProperties", 2}, {"additionalProperties", reference("address")}};
}
Json schema_of(const TableAt& kind) {
  return reference(kind.path);
}
Json schema_of(const TablesAt& kind) {
  return {{"type", "array"}, {"items", reference(kind.path)}};
}
Json schema_of(const NamedTablesAt& kind) {
  return {{"type", "object"},
          {"propertyNames", reference("name")},
          {"additionalProperties", reference(kind.path)}};
}
template <typename Kind>
Json schema_of(const OfNoNode<Kind>& kind) {
  return schema_of(kind.kind);
}

/// A value that may be written as a table of such values, keyed by node name.
void add_per_node(Json& schema, const Json& value) {
  const Json by_node = {{"type", "object"}, {"minProperties", 1}, {"additionalProperties", value}};
  schema["anyOf"] = Json::array({value, by_node});
}

Json schema_of(Headers /*kind*/) {
  Json value = {{"description", "its value"}};
  add_per_node(value, schema_of(checks::kHeaderValue));
  return {{"type", "object"}, {"additionalProperties", std::move(value)}};
}

Json json_of(bool value) {
  return value;
}
Json json_of(std::uint64_t value) {
  return value;
}
Json json_of(const std::string& value) {
  return value;
}
Json json_of(const std::vector<std::string>& value) {
  return value;
}

Json schema_of_key(const KeyText& key, const Json& value) {
  Json schema = Json::object();
  if (!key.text.empty()) schema["description"] = key.text;
  if (key.default_value) {
    schema["default"] =
        std::visit([](const auto& held) { return json_of(held); }, *key.default_value);
  }
  if (key.is_for_all_nodes) {
    schema.update(value);
  } else {
    add_per_node(schema, value);
  }
  return schema;
}

Json schema_of_table(std::string_view text, Json required, Json properties) {
  Json schema = Json::object();
  if (!text.empty()) schema["description"] = text;
  schema["type"] = "object";
  schema["additionalProperties"] = false;
  if (!required.empty()) schema["required"] = std::move(required);
  schema["properties"] = std::move(properties);
  return schema;
}

template <typename Table>
Json properties_of() {
  Json properties = Json::object();
  for_each_key<Table>([&](const auto& row) {
    properties[std::string(row.name)] = schema_of_key(text_of_key(row), schema_of(row.kind));
  });
  return properties;
}

template <typename Table>
void add_table(Json& definitions) {
  std::string_view text;
  if constexpr (requires { Keys<Table>::text; }) text = Keys<Table>::text;
  Json required = Json::array();
  for_each_key<Table>([&](const auto& row) {
    if (row.is_required) required.push_back(row.name);
  });
  definitions[std::string(Keys<Table>::path)] =
      schema_of_table(text, std::move(required), properties_of<Table>());
}

/// The keys of a kind are for checks of no other type.
Json keys_by_type() {
  Json rules = Json::array();
  for_each_kind([&]<typename Kind>(std::type_identity<Kind>) {
    Json names = Json::array();
    for_each_kind([&]<typename Other>(std::type_identity<Other>) {
      if (std::is_same_v<Kind, Other>) return;
      for_each_key_of<CheckTemplate, Other>(
          [&](KeyOf<CheckTemplate> key) { names.push_back(key.name()); });
    });
    rules.push_back({{"if", {{"properties", {{"type", {{"const", Kind::type}}}}}}},
                     {"then", {{"propertyNames", {{"not", {{"enum", std::move(names)}}}}}}}});
  });
  return rules;
}

Json sysctls() {
  const SysctlValues recommended = recommended_sysctls();
  Json properties = Json::object();
  for (const Sysctl& sysctl : known_sysctls()) {
    const std::string name(sysctl.name);
    Json& schema = properties[name];
    schema["description"] = "net.ipv4.vs." + name;
    if (const auto found = recommended.find(name); found != recommended.end()) {
      schema["default"] = sysctl.is_switch ? Json(found->second != 0) : Json(found->second);
    }
    add_per_node(schema, sysctl.is_switch ? Json{{"enum", Json::array({true, false, 0, 1})}}
                                          : schema_of(Between{sysctl.min, sysctl.max}));
  }
  return {{"description", "net.ipv4.vs.*"},
          {"type", "object"},
          {"additionalProperties", false},
          {"properties", std::move(properties)}};
}

/// What a value is, where several keys have it.
Json shared_definitions() {
  const std::string status = "[1-5][0-9][0-9]";
  const Json name = {{"type", "string"}};
  const Json check = {{"anyOf", Json::array({name, reference("check")})}};
  const Json list = {{"type", "array"}, {"items", check}};
  const Json checks = {
      {"description", "the name of a check, an inline table, or an array of them (all must pass)"},
      {"anyOf", Json::array({name, reference("check"), list})}};
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
          {"port", schema_of(Between{1, 65535})},
          {"name", text_like("^[!-~]{1,128}$")},
          {"status",
           {{"anyOf", Json::array({schema_of(Between{Statuses::kMin, Statuses::kMax}),
                                   text_like("^" + status + "(-" + status + ")?$")})}}},
          {"checks", checks}};
}

}  // namespace

std::string config_schema() {
  Json definitions = shared_definitions();
  for_each_table([&]<typename Table>(std::type_identity<Table>) {
    if constexpr (!std::is_same_v<Table, Config>) add_table<Table>(definitions);
  });
  definitions["ipvs.sysctl"] = sysctls();
  definitions["check"]["allOf"] = keys_by_type();
  const Json schema = {
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"title", "evenkeel.toml"},
      {"description",
       "The configuration of evenkeeld. A value that is not a table may be written as one keyed "
       "by node name."},
      {"type", "object"},
      {"additionalProperties", false},
      {"properties", properties_of<Config>()},
      {"definitions", std::move(definitions)}};
  return schema.dump(2) + "\n";
}

}  // namespace evenkeel::daemon
