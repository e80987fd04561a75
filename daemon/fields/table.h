// The fields of a struct, written once, beside it:
//
//   struct Peer { Address address; std::uint8_t priority = 0; };
//   constexpr auto fields_of(fields::Of<Peer>) {
//     return fields::table(fields::field<&Peer::address>("address"),
//                          fields::field<&Peer::priority>("priority"));
//   }
//
// Walkers read the table: byte_walker.h, json_out.h, json_record.h. A member without a row, two
// rows of a member and two rows with the same key do not compile.
//
// Pure, and of the lowest layer (words.h).
#pragma once

#include <array>
#include <boost/pfr/tuple_size.hpp>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace evenkeel::fields {

/// Names the struct whose table is asked for: argument-dependent lookup finds fields_of() in its
/// namespace.
template <typename T>
struct Of {};

struct NoLimit {};

/// Of a text's octets or a list's elements: more is a bug of whoever writes, std::length_error.
/// `each`: the limit of an element.
template <typename Each = NoLimit>
struct AtMost {
  std::size_t count;
  Each each = {};
};
template <typename... Arguments>
AtMost(std::size_t, Arguments...) -> AtMost<Arguments...>;
AtMost(std::size_t)->AtMost<NoLimit>;

/// Of a text's octets or a list's elements: the writer leaves out the rest, and a reader refuses
/// it.
struct First {
  std::size_t count;
};

/// Of a number: what is above is refused when read.
struct UpTo {
  std::uint64_t max;
};

/// Of a time or a duration: below zero is written as zero, and refused when read.
struct NotNegative {};

/// Of an enumeration: a record has its number in place of its name.
struct AsNumber {};

/// A row: the member pointer is part of its type.
template <auto pointer, typename Limit>
struct Field {
  static constexpr auto member = pointer;
  std::string_view key;
  Limit limit;
};

template <auto pointer, typename Limit = NoLimit>
consteval Field<pointer, Limit> field(std::string_view key, Limit limit = {}) {
  return {key, limit};
}

template <typename... Fields>
consteval std::tuple<Fields...> table(Fields... fields) {
  return {fields...};
}

template <typename T>
concept Described = std::is_aggregate_v<T> && requires {
  fields_of(Of<T>());
};

/// A text that tells one member pointer from another.
template <auto pointer>
consteval std::string_view member_name() {
  return __PRETTY_FUNCTION__;
}

template <std::size_t N>
consteval bool are_distinct(const std::array<std::string_view, N>& texts) {
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (texts[i] == texts[j]) return false;
    }
  }
  return true;
}

template <auto... members, typename... Limits>
consteval bool has_distinct_members(const std::tuple<Field<members, Limits>...>& /*table*/) {
  return are_distinct(std::array{member_name<members>()...});
}

template <typename... Rows>
consteval bool has_distinct_keys(const std::tuple<Rows...>& table) {
  return are_distinct(
      std::apply([](const auto&... rows) { return std::array{rows.key...}; }, table));
}

/// The table of T, judged.
template <Described T>
inline constexpr auto kFields = [] {
  constexpr auto table = fields_of(Of<T>());
  static_assert(has_distinct_members(table), "two rows of fields_of() are one member's");
  static_assert(has_distinct_keys(table), "two rows of fields_of() have the same key");
  static_assert(std::tuple_size_v<decltype(table)> == boost::pfr::tuple_size_v<T>,
                "fields_of() lacks a row for a member");
  return table;
}();

/// Calls `act` with each row of T's table, in order.
template <Described T, typename Act>
constexpr void for_each_field(Act&& act) {
  std::apply([&](const auto&... rows) { (act(rows), ...); }, kFields<T>);
}

}  // namespace evenkeel::fields
