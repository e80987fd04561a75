// One value of the file, read as the type that its key wants; what does not fit is reported at its
// place, with what was expected and what was found.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

#include "daemon/config/diagnostics.h"
#include "daemon/config/names.h"
#include "daemon/config/suggestion.h"

namespace evenkeel::daemon {

struct Value {
  const toml::node* node = nullptr;
  Place place;
  std::string_view key;       ///< what it is the value of
  std::string_view for_node;  ///< in a table keyed by node name: whose entry; else ""

  /// `"weight"`, or `"weight" for node "lb2"`.
  [[nodiscard]] std::string name() const;
};

/// Of a node, in the file of its parent; the parent's own where toml++ knows none.
[[nodiscard]] Place place_of(const toml::node& node, Place parent);
[[nodiscard]] Place place_of(const toml::key& key, Place parent);

/// `70000`, `the string "80"`, `an array`: what was found. Long strings are shortened.
[[nodiscard]] std::string describe(const toml::node& node);
/// In double quotes. (std::quoted would be taken for a function named quoted, by argument-dependent
/// lookup.)
[[nodiscard]] std::string in_quotes(std::string_view text);

struct IntegerRange {
  std::int64_t min = 0;
  std::int64_t max = 0;
};

struct DurationRange {
  Duration min{};
  Duration max{};
  bool is_whole_seconds = false;
  bool zero_is_allowed = false;  ///< "0s", below the minimum, for off
};

[[nodiscard]] std::optional<bool> read_boolean(const Value& value, Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::int64_t> read_integer(const Value& value, IntegerRange range,
                                                       Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::string> read_string(const Value& value, Diagnostics& diagnostics);
[[nodiscard]] std::optional<Duration> read_duration(const Value& value, const DurationRange& range,
                                                    Diagnostics& diagnostics);
/// A unicast address (address_rules.h).
[[nodiscard]] std::optional<ipvs::Address> read_address(const Value& value,
                                                        Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::string> read_name(const Value& value, Diagnostics& diagnostics);
/// The index into `words`. Those of `later` are refused as not supported yet.
[[nodiscard]] std::optional<std::size_t> read_word(const Value& value,
                                                   std::span<const std::string_view> words,
                                                   std::span<const std::string_view> later,
                                                   Diagnostics& diagnostics);
/// The elements of an array, each with its place.
[[nodiscard]] std::optional<std::vector<Value>> read_array(const Value& value,
                                                           std::string_view of_what,
                                                           Diagnostics& diagnostics);

/// Reports `NAME must be EXPECTED, not FOUND`.
void report_mismatch(const Value& value, std::string_view expected, Diagnostics& diagnostics);
/// `: did you mean "weight"?`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view written,
                                       std::span<const std::string_view> words);

}  // namespace evenkeel::daemon
