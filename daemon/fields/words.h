// The words of an enumeration, written once, beside it:
//
//   enum class State : std::uint8_t { Initialize, Backup, Master };
//   constexpr auto words_of(State) {
//     using enum State;
//     return fields::words<State>(
//         {{Initialize, "initialize", "INITIALIZE"}, {Backup, "backup", "BACKUP"}, {Master,
//         "master", "MASTER"}});
//   }
//
// name() is for programs: JSON, the configuration, records. to_string() is for people. Each
// namespace with such enumerations has `using fields::name; using fields::to_string;`, so that
// argument-dependent lookup finds both. An enumerator without a row, up to one past the last row,
// and rows out of order do not compile.
//
// Pure, and the lowest layer: the pillars may include it, and it includes nothing of ours.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace evenkeel::fields {

template <typename E>
struct Word {
  E value;
  std::string_view name;
  std::string_view text = name;
};

/// The rows of words_of(), in ascending order of their values.
template <typename E, std::size_t N>
consteval std::array<Word<E>, N> words(const Word<E> (&rows)[N]) {
  return std::to_array(rows);
}

template <typename E>
concept Worded = std::is_enum_v<E> && requires(E value) {
  words_of(value);
};

/// Whether the enumeration of `value` has a name for it: GCC and Clang print other values as a
/// cast, "(evenkeel::vrrp::State)3".
template <auto value>
consteval bool is_enumerator() {
  constexpr std::string_view function = __PRETTY_FUNCTION__;
  constexpr std::string_view kBefore = "value = ";
  return function[function.find(kBefore) + kBefore.size()] != '(';
}

/// Numbers up to one past the last row that have an enumerator without a row.
template <typename E, std::size_t... numbers>
consteval bool lacks_a_row(const auto& rows, std::index_sequence<numbers...>) {
  const auto has_row = [&](E value) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const Word<E>& row) { return row.value == value; });
  };
  return ((is_enumerator<static_cast<E>(numbers)>() && !has_row(static_cast<E>(numbers))) || ...);
}

consteval bool is_ascending(const auto& rows) {
  const auto is_wrong = [](const auto& a, const auto& b) { return a.value >= b.value; };
  return std::adjacent_find(rows.begin(), rows.end(), is_wrong) == rows.end();
}

consteval bool has_distinct_names(const auto& rows) {
  for (auto row = rows.begin(); row != rows.end(); ++row) {
    const auto is_same = [&](const auto& other) { return other.name == row->name; };
    if (std::find_if(row + 1, rows.end(), is_same) != rows.end()) return false;
  }
  return true;
}

template <Worded E>
inline constexpr auto kRows = [] {
  constexpr auto rows = words_of(E{});
  static_assert(is_ascending(rows),
                "the rows of words_of() are in ascending order of their values");
  static_assert(has_distinct_names(rows), "two rows of words_of() have the same name");
  constexpr auto kNumbers = static_cast<std::size_t>(rows.back().value) + 2;
  static_assert(!lacks_a_row<E>(rows, std::make_index_sequence<kNumbers>()),
                "words_of() lacks a row for an enumerator");
  return rows;
}();

/// How many enumerators there are.
template <Worded E>
inline constexpr std::size_t kCount = kRows<E>.size();

/// All names, in the order of the rows.
template <Worded E>
inline constexpr auto kNames = [] {
  std::array<std::string_view, kCount<E>> names;
  std::transform(kRows<E>.begin(), kRows<E>.end(), names.begin(),
                 [](const Word<E>& row) { return row.name; });
  return names;
}();

/// nullptr: a number from outside that is no enumerator.
template <Worded E>
constexpr const Word<E>* row_of(E value) {
  const auto at = std::lower_bound(kRows<E>.begin(), kRows<E>.end(), value,
                                   [](const Word<E>& row, E wanted) { return row.value < wanted; });
  return at != kRows<E>.end() && at->value == value ? &*at : nullptr;
}

/// "?": a number from outside that is no enumerator.
template <Worded E>
[[nodiscard]] constexpr std::string_view name(E value) {
  const Word<E>* const row = row_of(value);
  return row ? row->name : "?";
}
template <Worded E>
[[nodiscard]] constexpr std::string_view to_string(E value) {
  const Word<E>* const row = row_of(value);
  return row ? row->text : "?";
}

/// The inverse of name().
template <Worded E>
[[nodiscard]] constexpr std::optional<E> from_name(std::string_view name) {
  const auto at = std::find_if(kRows<E>.begin(), kRows<E>.end(),
                               [&](const Word<E>& row) { return row.name == name; });
  return at == kRows<E>.end() ? std::nullopt : std::optional(at->value);
}

/// Nothing: no enumerator has the number.
template <Worded E>
[[nodiscard]] constexpr std::optional<E> from_number(std::underlying_type_t<E> number) {
  const auto value = static_cast<E>(number);
  return row_of(value) ? std::optional(value) : std::nullopt;
}

}  // namespace evenkeel::fields
