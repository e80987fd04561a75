// The facts about each key (keys.h), without the types of its row: for the schema and the manual.
//
// Pure. For the build (reference.cpp), and for tests.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace evenkeel::daemon {

/// JSON: a schema, or a value.
using Schema = nlohmann::ordered_json;

struct KeyFact {
  std::string_view table;  ///< its path; "file" for the file itself
  std::string_view key;
  std::string_view type;  ///< the type of check that has it; "": each type
  std::string text;       ///< for the schema
  std::string value;      ///< in mdoc: "Em duration"
  Schema schema;          ///< of a value
  Schema default_value;   ///< as the file would write it; null: none
  std::string min, max;   ///< "": no bound
  std::vector<std::string_view> words;
  bool is_table = false;
  bool is_list = false;  ///< of tables that are written in one line
  bool is_required = false;
  bool is_for_all_nodes = false;  ///< else the value may be a table of them, keyed by node name
};

[[nodiscard]] std::vector<KeyFact> key_facts();

/// A word in double quotes, in mdoc.
[[nodiscard]] std::string in_mdoc_quotes(std::string_view word);

/// {"$ref": ...}
[[nodiscard]] Schema schema_at(std::string_view definition);
/// {"type": "integer", ...}
[[nodiscard]] Schema integer_schema(std::int64_t min, std::int64_t max);
[[nodiscard]] Schema pattern_schema(std::string_view pattern);
/// A value that may be written as a table of such values, keyed by node name.
void add_per_node(Schema& schema, const Schema& value);

}  // namespace evenkeel::daemon
