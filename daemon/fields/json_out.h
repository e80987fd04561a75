// A value as JSON, by its type:
//
//   bool, number, text        as they are
//   enumeration               its name (words.h)
//   address                   a string
//   time of the system clock  whole seconds since the epoch; before it: 0
//   duration                  microseconds, cut; below zero: 0
//   optional                  null, or the value
//   list                      an array
//   map, EnumArray            an object; elements of an EnumArray that are absent are left out
//   When                      left out of its object, or the value
//   Inner                     an object
//   a struct with members_of  an object of what they compute (members.h)
//   a struct with fields_of   an object of its members (table.h)
//
// Pure. Included in .cpp files only: the tables are heavy to compile.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "daemon/fields/enum_array.h"
#include "daemon/fields/json_text.h"
#include "daemon/fields/kinds.h"
#include "daemon/fields/members.h"
#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::fields {

namespace json {

template <typename T>
concept Pairs = requires {
  typename T::value_type::first_type;
};
template <typename T>
concept List = requires(const T& list) {
  std::begin(list);
}
&&!Pairs<T>;

template <std::integral T>
std::uint64_t magnitude(T number) {
  const auto bits = static_cast<std::uint64_t>(number);
  return std::cmp_less(number, 0) ? 0 - bits : bits;
}
inline void append_not_negative(std::string& out, std::int64_t number) {
  append_number(out, number < 0 ? 0 : static_cast<std::uint64_t>(number));
}

}  // namespace json

template <typename T>
void append_json(std::string& out, const T& value);

/// `"key":value`, after a comma unless it is the first of its object.
template <typename T>
void append_member(std::string& out, std::string_view key, const T& value) {
  if constexpr (kIsOf<T, When>) {
    if (value.is_there) append_member(out, key, value.value);
  } else {
    append_key(out, key);
    append_json(out, value);
  }
}

/// Keys, each with its value.
template <typename T, typename... Rest>
void append_each(std::string& out, std::string_view key, const T& value, const Rest&... rest) {
  append_member(out, key, value);
  if constexpr (sizeof...(rest) > 0) append_each(out, rest...);
}

/// The members of an object that is begun, made from `value`.
template <typename T, typename Members>
void append_all(std::string& out, const T& value, const Members& members) {
  std::apply(
      [&](const auto&... each) {
        (append_member(out, each.key, std::invoke(each.get, value)), ...);
      },
      members);
}
template <HasMembers T>
void append_members(std::string& out, const T& value) {
  static constexpr auto kMembers = members_of(Of<T>());
  static_assert(has_distinct_keys(kMembers), "two members of members_of() have the same key");
  append_all(out, value, kMembers);
}
template <Described T>
requires(!HasMembers<T>) void append_members(std::string& out, const T& value) {
  for_each_field<T>([&](const auto& row) { append_member(out, row.key, value.*row.member); });
}

namespace json {

inline void append_quoted(std::string& out, const boost::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().scope_id() != 0) {
    return append_json_string(out, address.to_string());  // an interface's name may need escapes
  }
  out += '"';
  append_address(out, address);
  out += '"';
}

/// An object with a member for each enumerator; an optional that is empty has none.
template <typename T>
void append_enum_array(std::string& out, const T& array) {
  out += '{';
  for (std::size_t i = 0; i < array.size(); ++i) {
    if constexpr (kIsOf<typename T::value_type, std::optional>) {
      if (array[i]) append_member(out, T::kKeys[i], *array[i]);
    } else {
      append_member(out, T::kKeys[i], array[i]);
    }
  }
  out += '}';
}

template <typename T>
void append_pairs(std::string& out, const T& pairs) {
  out += '{';
  for (const auto& [key, each] : pairs) {
    if (out.back() != '{') out += ',';
    append_json_string(out, key);
    out += ':';
    append_json(out, each);
  }
  out += '}';
}

template <typename T>
void append_list(std::string& out, const T& list) {
  out += '[';
  for (const auto& each : list) {
    begin_element(out);
    append_json(out, each);
  }
  out += ']';
}

}  // namespace json

template <typename T>
void append_json(std::string& out, const T& value) {
  using namespace json;
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (Worded<T>) {
    append_json_string(out, fields::name(value));
  } else if constexpr (std::integral<T>) {
    if (std::cmp_less(value, 0)) out += '-';
    append_number(out, magnitude(value));
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    append_json_string(out, value);
  } else if constexpr (std::is_same_v<T, boost::asio::ip::address>) {
    append_quoted(out, value);
  } else if constexpr (std::is_same_v<T, std::chrono::system_clock::time_point>) {
    using std::chrono::seconds;
    append_not_negative(out, std::chrono::duration_cast<seconds>(value.time_since_epoch()).count());
  } else if constexpr (kIsOf<T, std::chrono::duration>) {
    append_not_negative(out, std::chrono::duration_cast<std::chrono::microseconds>(value).count());
  } else if constexpr (kIsOf<T, std::optional>) {
    if (!value) {
      out += "null";
    } else {
      append_json(out, *value);
    }
  } else if constexpr (kIsEnumArray<T>) {
    append_enum_array(out, value);
  } else if constexpr (Pairs<T>) {
    append_pairs(out, value);
  } else if constexpr (List<T>) {
    append_list(out, value);
  } else {
    out += '{';
    if constexpr (kIsOf<T, Inner>) {
      append_all(out, *value.value, *value.members);
    } else {
      append_members(out, value);
    }
    out += '}';
  }
}

}  // namespace evenkeel::fields
