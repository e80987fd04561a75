#include "daemon/config/table_reader.h"

#include <algorithm>
#include <array>

#include "daemon/config/global_keys.h"
#include "daemon/config/keepalived_words.h"
#include "daemon/config/service_keys.h"
#include "daemon/config/vrrp_keys.h"

namespace evenkeel::daemon {
namespace {

/// A table that stands below another, and was written by its last name: where it belongs.
std::string where_it_belongs(std::string_view written) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kBelow = {{
      {Keys<RealServerConfig>::path, Keys<RealServerConfig>::title},
      {Keys<vrrp::InstanceConfig>::path, Keys<vrrp::InstanceConfig>::title},
      {Keys<vrrp::SyncGroupConfig>::path, Keys<vrrp::SyncGroupConfig>::title},
      {Keys<IpvsTimeouts>::path, Keys<IpvsTimeouts>::title},
  }};
  for (const auto& [path, title] : kBelow) {
    if (path.substr(path.rfind('.') + 1) == written) return ": it is " + std::string(title);
  }
  return "";
}

}  // namespace

void report_foreign_key(const toml::key& key, const toml::node& node, Place table,
                        const KnownKeys& known, Diagnostics& diagnostics) {
  const Place place = place_of(key, place_of(node, table));
  if (std::find(known.later.begin(), known.later.end(), key.str()) != known.later.end()) {
    diagnostics.error(place, in_quotes(key.str()) + " is not supported yet");
    return;
  }
  const bool is_table = node.is_table() || node.is_array_of_tables();
  std::string instead = instead_of_keepalived(key.str());
  if (instead.empty() && is_table) instead = where_it_belongs(key.str());
  if (instead.empty()) instead = did_you_mean(key.str(), known.names);
  diagnostics.error(place, std::string("unknown ") + (is_table ? "table " : "key ") +
                               in_quotes(key.str()) + instead);
}

std::vector<PlacedTable> read_tables(const Value& value, std::string_view title,
                                     Diagnostics& diagnostics) {
  std::vector<PlacedTable> tables;
  const toml::array* const array = value.node->as_array();
  if (!array) {
    report_mismatch(value, "an array of tables: " + std::string(title), diagnostics);
    return tables;
  }
  tables.reserve(array->size());
  for (const toml::node& node : *array) {
    const Value element = value_at(node, value.place, value.key);
    if (const toml::table* const table = node.as_table()) {
      tables.push_back({.table = table, .place = element.place});
    } else {
      report_mismatch(element, "a table", diagnostics);
    }
  }
  return tables;
}

bool has_own_entry(const Value& value, const toml::table& entries, Context& context) {
  if (entries.get(context.node_name)) return true;
  std::string there;
  for (const auto& [node_name, node] : entries) {
    there += (there.empty() ? "" : ", ") + in_quotes(node_name.str());
  }
  context.diagnostics.error(
      value.place, value.name() + " has no entry for this node, " + in_quotes(context.node_name) +
                       (there.empty() ? " (it is an empty table)" : " (there is " + there + ")") +
                       std::string(kWhoWeAre));
  return false;
}

}  // namespace evenkeel::daemon
