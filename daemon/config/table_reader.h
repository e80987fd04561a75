// Typed access to one table of the file. Unknown keys, and keys of later steps, are reported when
// it is opened; a value that may differ per node is resolved for the node that we are.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/config/known_keys.h"
#include "daemon/config/value.h"
#include "daemon/fields/words.h"

namespace evenkeel::daemon {

/// What every part of one parse shares.
struct Context {
  Diagnostics& diagnostics;
  std::string node_name;                             ///< who we are, for tables keyed by node name
  std::set<std::string, std::less<>> used_checks{};  ///< [check.NAME] that something refers to
};

/// For who has no entry, and wonders under which name.
constexpr std::string_view kWhoWeAre =
    "; a node's name is its host name, or \"node_name\" in [global]";

class TableReader {
 public:
  TableReader(const toml::table& table, Place place, const KnownTable& known, Context& context);

  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] bool has(std::string_view key) const { return table_.get(key) != nullptr; }
  /// The value as it stands, for keys that hold tables: not per node.
  [[nodiscard]] std::optional<Value> raw(std::string_view key) const;
  /// Of the key's value; of the table when it is absent.
  [[nodiscard]] Place place_of_value(std::string_view key) const;
  /// The same, as a table; reported when it is something else.
  [[nodiscard]] const toml::table* table(std::string_view key) const;

  /// Reads with `reader`: (const Value&) -> optional<T>, which reports what it refuses. A table
  /// keyed by node name has every entry read, and ours taken. Nothing when the key is absent or was
  /// reported.
  template <typename Reader>
  auto read(std::string_view key, Reader&& reader) -> decltype(reader(std::declval<Value>()));

  // read() with the readers of value.h.
  [[nodiscard]] std::optional<bool> boolean(std::string_view key);
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, IntegerRange range);
  [[nodiscard]] std::optional<std::string> string(std::string_view key);
  [[nodiscard]] std::optional<std::string> name(std::string_view key);
  [[nodiscard]] std::optional<Duration> duration(std::string_view key, const DurationRange& range);
  [[nodiscard]] std::optional<ipvs::Address> address(std::string_view key);
  [[nodiscard]] std::optional<std::uint16_t> port(std::string_view key);  ///< 1..65535
  [[nodiscard]] std::optional<std::size_t> word(std::string_view key,
                                                std::span<const std::string_view> words,
                                                std::span<const std::string_view> later = {});

  /// A word of an enumeration: of all its names, or of `allowed` in this order; `later` are not
  /// supported yet.
  template <fields::Worded E>
  [[nodiscard]] std::optional<E> choice(std::string_view key) {
    const auto at = word(key, fields::kNames<E>);
    return at ? std::optional(fields::kRows<E>[*at].value) : std::nullopt;
  }
  template <fields::Worded E, std::size_t N, std::size_t L = 0>
  [[nodiscard]] std::optional<E> choice(std::string_view key, const std::array<E, N>& allowed,
                                        const std::array<E, L>& later = {}) {
    const auto at = word(key, names_of(allowed), names_of(later));
    return at ? std::optional(allowed[*at]) : std::nullopt;
  }

  /// Reports `[[virtual_service]]: "port" is required` when the key is absent; true when it is
  /// there.
  bool require(std::string_view key);

  void error(std::string_view key, std::string_view message);  ///< at the key's value
  void warn(std::string_view key, std::string_view message);

 private:
  template <fields::Worded E, std::size_t N>
  static std::array<std::string_view, N> names_of(const std::array<E, N>& values) {
    std::array<std::string_view, N> names;
    std::transform(values.begin(), values.end(), names.begin(),
                   [](E value) { return fields::name(value); });
    return names;
  }
  void report_foreign_keys();
  /// Our entry of a table keyed by node name is there; reported when it is not.
  bool has_own_entry(const Value& value, const toml::table& entries);

  const toml::table& table_;
  Place place_;
  const KnownTable& known_;
  Context& context_;
};

template <typename Reader>
auto TableReader::read(std::string_view key, Reader&& reader)
    -> decltype(reader(std::declval<Value>())) {
  const std::optional<Value> value = raw(key);
  if (!value) return {};
  const toml::table* const entries = value->node->as_table();
  if (!entries) return reader(*value);
  decltype(reader(*value)) own{};
  for (const auto& [node_name, node] : *entries) {
    auto result = reader(Value{.node = &node,
                               .place = place_of(node, value->place),
                               .key = value->key,
                               .for_node = node_name.str()});
    if (node_name.str() == context_.node_name) own = std::move(result);
  }
  if (!has_own_entry(*value, *entries)) return {};
  return own;
}

}  // namespace evenkeel::daemon
