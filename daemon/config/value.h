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
#include "daemon/config/key_kinds.h"

namespace evenkeel::daemon {

struct Value {
  const toml::node* node = nullptr;
  Place place;
  std::string_view key;       ///< the key that it is the value of
  std::string_view for_node;  ///< in a table keyed by node name: the node of the entry; else ""

  /// `"weight"`, or `"weight" for node "lb2"`.
  [[nodiscard]] std::string name() const;
};

/// Of a node, in the file of its parent; the parent's own where toml++ knows none.
[[nodiscard]] Place place_of(const toml::node& node, Place parent);
[[nodiscard]] Place place_of(const toml::key& key, Place parent);

/// The value of a node. `parent`: the place of the value or table that contains it.
[[nodiscard]] inline Value value_at(const toml::node& node, Place parent, std::string_view key,
                                    std::string_view for_node = {}) {
  return {.node = &node, .place = place_of(node, parent), .key = key, .for_node = for_node};
}

/// `70000`, `the string "80"`, `an array`: what was found. Long strings are shortened.
[[nodiscard]] std::string describe(const toml::node& node);
/// In double quotes. (std::quoted would be taken for a function named quoted, by argument-dependent
/// lookup.)
[[nodiscard]] std::string in_quotes(std::string_view text);

/// Readers of a value, one for each kind of key (key_kinds.h).
[[nodiscard]] std::optional<bool> read_as(const Value& value, Boolean kind,
                                          Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::int64_t> read_as(const Value& value, const Between& kind,
                                                  Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::int16_t> read_as(const Value& value, const Weight& kind,
                                                  Diagnostics& diagnostics);
[[nodiscard]] std::optional<Duration> read_as(const Value& value, const Times& kind,
                                              Diagnostics& diagnostics);
[[nodiscard]] std::optional<ipvs::Address> read_as(const Value& value, UnicastAddress kind,
                                                   Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::uint16_t> read_as(const Value& value, Port kind,
                                                   Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::string> read_as(const Value& value, const Octets& kind,
                                                 Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::string> read_as(const Value& value, const Text& kind,
                                                 Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::string> read_as(const Value& value, Name kind,
                                                 Diagnostics& diagnostics);
[[nodiscard]] std::optional<MaxRemovals> read_as(const Value& value, Percentage kind,
                                                 Diagnostics& diagnostics);
[[nodiscard]] std::optional<vrrp::InterfaceAddress> read_as(const Value& value, MovedAddress kind,
                                                            Diagnostics& diagnostics);
[[nodiscard]] std::optional<Arguments> read_as(const Value& value, Command kind,
                                               Diagnostics& diagnostics);
[[nodiscard]] std::optional<std::vector<Arguments>> read_as(const Value& value, ArgumentLists kind,
                                                            Diagnostics& diagnostics);
/// The index into `words`. Those of `later` are refused as not supported yet.
[[nodiscard]] std::optional<std::size_t> read_word(const Value& value,
                                                   std::span<const std::string_view> words,
                                                   std::span<const std::string_view> later,
                                                   Diagnostics& diagnostics);
/// The elements of an array, each with its place.
[[nodiscard]] std::optional<std::vector<Value>> read_array(const Value& value,
                                                           std::string_view of_what,
                                                           Diagnostics& diagnostics);

/// Reports `NAME must be EXPECTED, not FOUND`. Nothing, for a reader to return.
std::nullopt_t report_mismatch(const Value& value, std::string_view expected,
                               Diagnostics& diagnostics);
/// `: did you mean "weight"?`, or nothing.
[[nodiscard]] std::string did_you_mean(std::string_view written,
                                       std::span<const std::string_view> words);

[[nodiscard]] inline std::optional<std::string> read_as(const Value& value, const Word& kind,
                                                        Diagnostics& diagnostics) {
  const auto at = read_word(value, kind.words, {}, diagnostics);
  return at ? std::optional(std::string(kind.words[*at])) : std::nullopt;
}

[[nodiscard]] inline std::optional<std::string> read_as(const Value& value, const CheckType& kind,
                                                        Diagnostics& diagnostics) {
  const auto at = read_word(value, kind.words, kind.later, diagnostics);
  return at ? std::optional(std::string(kind.words[*at])) : std::nullopt;
}

template <fields::Worded E, std::size_t N, std::size_t L>
[[nodiscard]] std::optional<E> read_as(const Value& value, const Choice<E, N, L>& kind,
                                       Diagnostics& diagnostics) {
  const auto names_of = []<std::size_t count>(const std::array<E, count>& values) {
    std::array<std::string_view, count> names;
    for (std::size_t i = 0; i < count; ++i) names[i] = fields::name(values[i]);
    return names;
  };
  const auto at = read_word(value, names_of(kind.allowed), names_of(kind.later), diagnostics);
  return at ? std::optional(kind.allowed[*at]) : std::nullopt;
}

template <fields::Worded E>
[[nodiscard]] std::optional<E> read_as(const Value& value, NumberOf<E> /*kind*/,
                                       Diagnostics& diagnostics) {
  constexpr auto number = [](E word) { return static_cast<std::int64_t>(word); };
  constexpr Between kRange = {number(fields::kRows<E>.front().value),
                              number(fields::kRows<E>.back().value)};
  static_assert(kRange.max - kRange.min + 1 == fields::kCount<E>, "a number has no enumerator");
  const auto read = read_as(value, kRange, diagnostics);
  return read ? std::optional(static_cast<E>(*read)) : std::nullopt;
}

template <typename Each>
[[nodiscard]] auto read_as(const Value& value, const ListOf<Each>& kind, Diagnostics& diagnostics)
    -> std::optional<typename ListOf<Each>::Result> {
  const auto elements = read_array(value, kind.of_what, diagnostics);
  if (!elements) return std::nullopt;
  typename ListOf<Each>::Result list;
  list.reserve(elements->size());
  for (const Value& element : *elements) {
    auto read = read_as(element, kind.each, diagnostics);
    if (read) list.push_back(std::move(*read));
  }
  if (list.size() != elements->size()) return std::nullopt;
  return list;
}

}  // namespace evenkeel::daemon
