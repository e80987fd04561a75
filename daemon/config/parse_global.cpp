#include "daemon/config/parse_global.h"

#include <array>

namespace evenkeel::daemon {

std::string resolve_node_name(const PlacedTable& global, std::string_view host_name,
                              std::string_view given, Diagnostics& diagnostics) {
  std::optional<std::string> written;
  const toml::node* const node = global.table ? global.table->get("node_name") : nullptr;
  if (node) {
    const Place place = place_of(*node, global.place);
    if (node->is_table()) {
      diagnostics.error(place,
                        "\"node_name\" cannot differ per node: it says which node this is; leave "
                        "it out to use the host name");
    } else {
      written = read_name({.node = node, .place = place, .key = "node_name", .for_node = {}},
                          diagnostics);
    }
  }
  if (!given.empty()) return std::string(given);
  return written ? *written : std::string(host_name);
}

ParsedGlobal parse_global(const PlacedTable& global, Context& context) {
  ParsedGlobal parsed;
  GlobalConfig& config = parsed.config;
  config.node_name = context.node_name;
  if (!global.table) return parsed;
  TableReader reader(*global.table, global.place, global_table(), context);
  if (const auto level = reader.choice<LogLevel>("log_level")) config.log_level = *level;
  if (const auto format = reader.choice<LogFormat>("log_format")) config.log_format = *format;
  if (auto group = reader.name("control_group")) config.control_group = std::move(*group);
  if (auto group = reader.name("status_group")) config.status_group = std::move(*group);
  parsed.address_lease = reader.boolean("address_lease").value_or(true);
  return parsed;
}

}  // namespace evenkeel::daemon
