#include "daemon/config/table_reader.h"

#include <vector>

namespace evenkeel::daemon {

TableReader::TableReader(const toml::table& table, Place place, const KnownTable& known,
                         Context& context)
    : table_(table), place_(place), known_(known), context_(context) {
  report_foreign_keys();
}

void TableReader::report_foreign_keys() {
  for (const auto& [key, node] : table_) {
    const KnownKey* const known = known_.find(key.str());
    if (known && known->support == Support::Yes) continue;
    const Place place = place_of(key, place_of(node, place_));
    if (known) {
      context_.diagnostics.error(place, in_quotes(key.str()) + " is not supported yet");
      continue;
    }
    std::vector<std::string_view> names;
    for (const KnownKey& candidate : known_.keys) {
      if (candidate.support == Support::Yes) names.push_back(candidate.name);
    }
    const bool is_table = node.is_table() || node.is_array_of_tables();
    context_.diagnostics.error(place, std::string("unknown ") + (is_table ? "table " : "key ") +
                                          in_quotes(key.str()) + did_you_mean(key.str(), names));
  }
}

std::optional<Value> TableReader::raw(std::string_view key) const {
  const toml::node* const node = table_.get(key);
  if (!node) return std::nullopt;
  return Value{.node = node, .place = daemon::place_of(*node, place_), .key = key, .for_node = {}};
}

Place TableReader::place_of_value(std::string_view key) const {
  const toml::node* const node = table_.get(key);
  return node ? daemon::place_of(*node, place_) : place_;
}

const toml::table* TableReader::table(std::string_view key) const {
  const std::optional<Value> value = raw(key);
  if (!value) return nullptr;
  if (const toml::table* const found = value->node->as_table()) return found;
  report_mismatch(*value, "a table", context_.diagnostics);
  return nullptr;
}

bool TableReader::has_own_entry(const Value& value, const toml::table& entries) {
  if (entries.get(context_.node_name)) return true;
  std::string there;
  for (const auto& [node_name, node] : entries) {
    there += (there.empty() ? "" : ", ") + in_quotes(node_name.str());
  }
  context_.diagnostics.error(
      value.place, value.name() + " has no entry for this node, " + in_quotes(context_.node_name) +
                       (there.empty() ? " (it is an empty table)" : " (there is " + there + ")") +
                       std::string(kWhoWeAre));
  return false;
}

bool TableReader::require(std::string_view key) {
  if (has(key)) return true;
  context_.diagnostics.error(place_,
                             std::string(known_.title) + ": " + in_quotes(key) + " is required");
  return false;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  return read(key, [&](const Value& value) { return read_boolean(value, context_.diagnostics); });
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, IntegerRange range) {
  return read(key,
              [&](const Value& value) { return read_integer(value, range, context_.diagnostics); });
}

std::optional<std::string> TableReader::string(std::string_view key) {
  return read(key, [&](const Value& value) { return read_string(value, context_.diagnostics); });
}

std::optional<std::string> TableReader::name(std::string_view key) {
  return read(key, [&](const Value& value) { return read_name(value, context_.diagnostics); });
}

std::optional<Duration> TableReader::duration(std::string_view key, const DurationRange& range) {
  return read(
      key, [&](const Value& value) { return read_duration(value, range, context_.diagnostics); });
}

std::optional<ipvs::Address> TableReader::address(std::string_view key) {
  return read(key, [&](const Value& value) { return read_address(value, context_.diagnostics); });
}

std::optional<std::uint16_t> TableReader::port(std::string_view key) {
  const auto port = read(key, [&](const Value& value) -> std::optional<std::int64_t> {
    const auto* const integer = value.node->as_integer();
    if (integer && integer->get() == 0) {
      context_.diagnostics.error(value.place,
                                 value.name() + ": 0 (all ports) is not supported yet");
      return std::nullopt;
    }
    return read_integer(value, {.min = 1, .max = 65535}, context_.diagnostics);
  });
  if (!port) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

std::optional<std::size_t> TableReader::word(std::string_view key,
                                             std::span<const std::string_view> words,
                                             std::span<const std::string_view> later) {
  return read(key, [&](const Value& value) {
    return read_word(value, words, later, context_.diagnostics);
  });
}

void TableReader::error(std::string_view key, std::string_view message) {
  context_.diagnostics.error(place_of_value(key), message);
}

void TableReader::warn(std::string_view key, std::string_view message) {
  context_.diagnostics.warn(place_of_value(key), message);
}

}  // namespace evenkeel::daemon
