// Tables of the file, and values that may differ per node.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/config/known_keys.h"
#include "daemon/config/value.h"
#include "daemon/config/written_program.h"

namespace evenkeel::daemon {

/// What every part of one parse shares.
struct Context {
  Diagnostics& diagnostics;
  std::string node_name;                              ///< who we are, for tables keyed by node name
  std::set<std::string, std::less<>> used_checks{};   ///< [check.NAME] that something refers to
  std::set<std::string, std::less<>> used_scripts{};  ///< [[script]]s likewise
  std::vector<WrittenProgram> programs{};
  std::map<std::string, Place> units{};  ///< that an instance or a sync group starts and stops
};

/// A table of the file and where it stands; `table` is nullptr when the file has none.
struct PlacedTable {
  const toml::table* table = nullptr;
  Place place;
};

/// For an operator whose node has no entry in such a table: where the node's name comes from.
constexpr std::string_view kWhoWeAre =
    "; a node's name is its host name, or \"node_name\" in [global]";

/// A key that the table does not have, or not yet.
void report_foreign_key(const toml::key& key, const toml::node& node, Place table,
                        const KnownKeys& known, Diagnostics& diagnostics);
/// The tables of an array of them, `title` each; reported when it is something else.
[[nodiscard]] std::vector<PlacedTable> read_tables(const Value& value, std::string_view title,
                                                   Diagnostics& diagnostics);
/// Our entry of a table keyed by node name is there; reported when it is not.
[[nodiscard]] bool has_own_entry(const Value& value, const toml::table& entries, Context& context);

/// Reads with `reader`: (const Value&) -> optional<T>, which reports what it refuses. A table keyed
/// by node name has every entry read, and ours taken.
template <typename Reader>
auto read_value(const Value& value, Context& context, Reader&& reader) -> decltype(reader(value)) {
  const toml::table* const entries = value.node->as_table();
  if (!entries) return reader(value);
  decltype(reader(value)) own{};
  for (const auto& [node_name, node] : *entries) {
    auto result = reader(value_at(node, value.place, value.key, node_name.str()));
    if (node_name.str() == context.node_name) own = std::move(result);
  }
  if (!has_own_entry(value, *entries, context)) return {};
  return own;
}

/// The same, by a kind.
template <typename Kind>
auto read_kind(const Value& value, const Kind& kind, Context& context) {
  return read_value(value, context,
                    [&](const Value& one) { return read_as(one, kind, context.diagnostics); });
}

}  // namespace evenkeel::daemon
