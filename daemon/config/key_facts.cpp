#include "daemon/config/key_facts.h"

#include <optional>
#include <utility>

#include "daemon/config/all_keys.h"
#include "daemon/config/duration.h"
#include "daemon/config/value_text.h"
#include "daemon/fields/kinds.h"

namespace evenkeel::daemon {
namespace {

// describe(): a kind of value, in mdoc as the head of a list item has it, and as a schema.

void describe(Boolean /*kind*/, KeyFact& fact) {
  fact.value = "Em boolean";
  fact.schema = {{"type", "boolean"}};
}
void describe(const Between& kind, KeyFact& fact) {
  fact.value = "Em integer";
  fact.schema = integer_schema(kind.min, kind.max);
  fact.min = std::to_string(kind.min);
  fact.max = std::to_string(kind.max);
}
void describe(const Weight& kind, KeyFact& fact) {
  describe(Between{kind.min, kind.max}, fact);
  fact.schema["not"] = {{"const", 0}};
}
void describe(const Times& kind, KeyFact& fact) {
  fact.value = "Em duration";
  fact.schema = schema_at("duration");
  fact.min = to_string(kind.min);
  fact.max = to_string(kind.max);
}
void describe(AdvertisementInterval /*kind*/, KeyFact& fact) {
  fact.value = "Em duration";
  fact.schema = schema_at("duration");
}
void describe(UnicastAddress /*kind*/, KeyFact& fact) {
  fact.value = "Em address";
  fact.schema = schema_at("address");
}
void describe(MovedAddress /*kind*/, KeyFact& fact) {
  fact.value = "Em address";
  fact.schema = schema_at("moved_address");
}
void describe(Port /*kind*/, KeyFact& fact) {
  fact.value = "Em port";
  fact.schema = schema_at("port");
}
void describe(Name /*kind*/, KeyFact& fact) {
  fact.value = "Em name";
  fact.schema = schema_at("name");
}
void describe(Percentage /*kind*/, KeyFact& fact) {
  fact.value = "Qq Em N Ns %";
  fact.schema = pattern_schema("^(0*[0-9]{1,2}|0*100)%$");
}
void describe(Checks /*kind*/, KeyFact& fact) {
  fact.value = "Em check";
  fact.schema = schema_at("checks");
}
void describe(const Word& kind, KeyFact& fact) {
  fact.value = "Em string";
  fact.words = {kind.words.begin(), kind.words.end()};
  fact.schema = {{"enum", fact.words}};
}
void describe_choice(std::string_view word, KeyFact& fact) {
  fact.words.push_back(word);
  fact.value += (fact.value.empty() ? "" : " | ") + in_mdoc_quotes(word);
  fact.schema = {{"enum", fact.words}};
}
void describe(const CheckType& kind, KeyFact& fact) {
  for (const std::string_view word : kind.words) describe_choice(word, fact);
}
template <typename E, std::size_t N, std::size_t L>
void describe(const Choice<E, N, L>& kind, KeyFact& fact) {
  for (const E word : kind.allowed) describe_choice(fields::name(word), fact);
}
template <typename E>
void describe(NumberOf<E> /*kind*/, KeyFact& fact) {
  for (const auto& row : fields::kRows<E>) {
    const int number = static_cast<int>(row.value);
    fact.value += (fact.value.empty() ? "" : " | ") + std::to_string(number);
    fact.schema["enum"].push_back(number);
  }
}
void describe(const Octets& kind, KeyFact& fact) {
  fact.value = "Em string";
  fact.max = std::to_string(kind.longest);
  fact.schema = {{"type", "string"}};
  if (kind.longest != Octets().longest) fact.schema["maxLength"] = kind.longest;
}
void describe(const Text& kind, KeyFact& fact) {
  fact.value = "Em string";
  fact.max = std::to_string(kind.longest);
  fact.schema = {{"type", "string"}};
  if (!kind.pattern.empty()) fact.schema["pattern"] = kind.pattern;
  fact.schema["maxLength"] = kind.longest;
}

std::string list_of(std::string_view each) {
  return "[ " + std::string(each) + " , ... ]";
}
template <typename Each>
void describe(const ListOf<Each>& kind, KeyFact& fact) {
  KeyFact each;
  describe(kind.each, each);
  fact.value = list_of(each.value);
  fact.min = std::to_string(kind.fewest);
  fact.max = std::to_string(kind.most);
  fact.schema = {{"type", "array"}};
  if (kind.fewest > 0) fact.schema["minItems"] = kind.fewest;
  if (kind.most != ListOf<Each>().most) fact.schema["maxItems"] = kind.most;
  fact.schema["items"] = std::move(each.schema);
}
void describe(Statuses /*kind*/, KeyFact& fact) {
  fact.value = list_of("Em status");
  fact.min = std::to_string(Statuses::kMin);
  fact.max = std::to_string(Statuses::kMax);
  fact.schema = {{"type", "array"},
                 {"minItems", 1},
                 {"maxItems", Statuses::kMost},
                 {"items", schema_at("status")}};
}
void describe(Command /*kind*/, KeyFact& fact) {
  fact.value = "Em command";
  fact.schema = schema_at("command");
}
void describe(ArgumentLists /*kind*/, KeyFact& fact) {
  fact.value = "Em commands";
  fact.schema = schema_at("commands");
}
void describe(const SchedulerFlags& kind, KeyFact& fact) {
  fact.value = list_of("Em flag");
  fact.words = {kind.words.begin(), kind.words.end()};
  fact.schema = {{"type", "array"}, {"uniqueItems", true}, {"items", {{"enum", fact.words}}}};
}
void describe(Paths /*kind*/, KeyFact& fact) {
  fact.value = list_of("Em path");
  fact.schema = {{"type", "array"}, {"items", {{"type", "string"}, {"minLength", 1}}}};
}
void describe(NodeAddresses /*kind*/, KeyFact& fact) {
  fact.value = "{ Em NODE No = Em address , No ... }";
  fact.schema = {
      {"type", "object"}, {"minProperties", 2}, {"additionalProperties", schema_at("address")}};
}
void describe(Headers /*kind*/, KeyFact& fact) {
  fact.value = "{ Em name No = Em string , ... }";
  fact.max = std::to_string(Headers::kMost);
  KeyFact each;
  describe(checks::kHeaderValue, each);
  Schema value = {{"description", "its value"}};
  add_per_node(value, each.schema);
  fact.schema = {{"type", "object"}, {"additionalProperties", std::move(value)}};
}
template <typename Kind>
void describe(const OfNoNode<Kind>& kind, KeyFact& fact) {
  describe(kind.kind, fact);
}
void describe(const TableAt& kind, KeyFact& fact) {
  fact.value = kind.path;
  fact.is_table = true;
  fact.schema = schema_at(kind.path);
}
void describe(const TablesAt& kind, KeyFact& fact) {
  describe(TableAt{kind.path}, fact);
  fact.schema = {{"type", "array"}, {"items", schema_at(kind.path)}};
}
void describe(const InlineTablesAt& kind, KeyFact& fact) {
  describe(TablesAt{kind.path}, fact);
  fact.is_list = true;
}
void describe(const NamedTablesAt& kind, KeyFact& fact) {
  describe(TableAt{kind.path}, fact);
  fact.schema = {{"type", "object"},
                 {"propertyNames", schema_at("name")},
                 {"additionalProperties", schema_at(kind.path)}};
}

// Defaults.

template <typename Kind>
inline constexpr bool is_for_all_nodes = requires {
  Kind::is_for_all_nodes;
};

/// Tables have theirs key by key; what may be absent and an address have none.
template <typename Row>
consteval bool has_default_value() {
  using Kind = typename Row::Kind;
  if constexpr (is_for_all_nodes<Kind> || std::is_same_v<Kind, UnicastAddress>) {
    return false;
  } else if constexpr (Row::has_member) {
    return !fields::kIsOf<TypeOf<Row>, std::optional>;
  } else {
    return std::is_same_v<Kind, SchedulerFlags>;
  }
}

template <typename Class>
Class defaults_of() {
  if constexpr (requires { Keys<Class>::defaults(); }) {
    return Keys<Class>::defaults();
  } else {
    return {};
  }
}

template <typename Row>
Schema default_of() {
  if constexpr (Row::has_member) {
    using Kind = typename Row::Kind;
    const auto value = defaults_of<ClassOf<Row>>().*Row::member;
    using T = std::remove_const_t<decltype(value)>;
    if constexpr (std::is_same_v<T, bool>) {
      return value;
    } else if constexpr (std::is_same_v<Kind, Times> && std::is_integral_v<T>) {
      return to_string(std::chrono::seconds(value));
    } else if constexpr (std::is_integral_v<T> || requires { Kind::is_number; }) {
      return static_cast<std::uint64_t>(value);
    } else if constexpr (std::is_same_v<Kind, ArgumentLists>) {
      return Schema::array();
    } else if constexpr (fields::kIsOf<T, std::vector>) {
      Schema texts = Schema::array();
      for (const auto& element : value) texts.push_back(text_of(element));
      return texts;
    } else {
      return text_of(value);
    }
  } else {
    return Schema::array();
  }
}

template <typename Table, typename Row>
KeyFact fact_of(const Row& row) {
  KeyFact fact{.table = Keys<Table>::path.empty() ? "file" : Keys<Table>::path,
               .key = row.name,
               .is_required = row.is_required,
               .is_for_all_nodes = is_for_all_nodes<typename Row::Kind>};
  if constexpr (alternative_of<Table, Row>() > 0) fact.type = ClassOf<Row>::type;
  describe(row.kind, fact);
  fact.text =
      fields::with_limit(fields::with_limit(row.text, "{min}", fact.min), "{max}", fact.max);
  if constexpr (has_default_value<Row>()) {
    if (row.has_default) fact.default_value = default_of<Row>();
  }
  return fact;
}

/// A table that is written in one line: `{ KEY = VALUE, ... }`. What follows a word that is
/// emphasised says so: No.
std::string inline_table(std::string_view path, const std::vector<KeyFact>& facts) {
  std::string text;
  bool is_emphasised = false;
  for (const KeyFact& fact : facts) {
    if (fact.table != path) continue;
    std::string value = fact.is_table           ? "Em table"
                        : fact.words.size() > 1 ? "Em string"
                                                : fact.value;
    if (value.starts_with("[")) value.replace(value.find(", ..."), 5, ", No ...");
    text += text.empty() ? "{ " : is_emphasised ? " , No " : ", ";
    text += std::string(fact.key) + " = " + value;
    is_emphasised = value.starts_with("Em");
  }
  return text + (is_emphasised ? " No }" : " }");
}

}  // namespace

std::vector<KeyFact> key_facts() {
  std::vector<KeyFact> facts;
  for_each_table([&]<typename Table>(std::type_identity<Table>) {
    for_each_key<Table>([&](const auto& row) { facts.push_back(fact_of<Table>(row)); });
  });
  for (KeyFact& fact : facts) {
    if (!fact.is_table) continue;
    fact.value = inline_table(fact.value, facts);
    if (fact.is_list) fact.value = list_of(fact.value);
  }
  return facts;
}

std::string in_mdoc_quotes(std::string_view word) {
  return "\\(dq" + std::string(word) + "\\(dq";
}

Schema schema_at(std::string_view definition) {
  return {{"$ref", "#/definitions/" + std::string(definition)}};
}

Schema integer_schema(std::int64_t min, std::int64_t max) {
  return {{"type", "integer"}, {"minimum", min}, {"maximum", max}};
}

Schema pattern_schema(std::string_view pattern) {
  return {{"type", "string"}, {"pattern", pattern}};
}

void add_per_node(Schema& schema, const Schema& value) {
  const Schema by_node = {
      {"type", "object"}, {"minProperties", 1}, {"additionalProperties", value}};
  schema["anyOf"] = Schema::array({value, by_node});
}

}  // namespace evenkeel::daemon
