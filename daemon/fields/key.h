// A key of the configuration that fills a member of a struct: a row with its name, what its value
// may be, and a text for the schema. Who reads tables of them: daemon/config/keys.h.
//
// A kind of check has its keys beside its struct, and its fields are made from them:
//
//   constexpr auto keys_of(fields::Of<TcpCheck>) {
//     return std::tuple(fields::key<&TcpCheck::send>("send", fields::Octets{4096}, "sent ..."));
//   }
//   constexpr auto fields_of(fields::Of<TcpCheck>) {
//     return fields::fields_of_keys(keys_of(fields::Of<TcpCheck>()));
//   }
//
// Pure, and of the lowest layer (words.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::fields {

// What a value may be.

struct Boolean {
  using Result = bool;
};

struct Between {
  using Result = std::int64_t;
  std::int64_t min = 0;
  std::int64_t max = 0;
};

/// A word of an enumeration: one of `allowed`, in this order; `later` are not supported yet.
template <Worded E, std::size_t N, std::size_t L = 0>
struct Choice {
  using Result = E;
  std::array<E, N> allowed;
  std::array<E, L> later = {};
};
template <Worded E>
consteval auto any_word() {
  Choice<E, kCount<E>> choice{};
  for (std::size_t i = 0; i < choice.allowed.size(); ++i) {
    choice.allowed[i] = kRows<E>[i].value;
  }
  return choice;
}

/// Any text of so many octets.
struct Octets {
  using Result = std::string;
  std::size_t longest = std::numeric_limits<std::size_t>::max();
};

/// A text of a form. The schema has no functions: `pattern` is as near as it comes.
struct Text {
  using Result = std::string;
  bool (*is_allowed)(std::string_view);
  std::size_t longest;
  std::string_view expected;  ///< what a message says that it must be; {max}: `longest`
  std::string_view pattern;
  /// A warning about a text that is allowed, and odd; "": none.
  std::string (*warning)(std::string_view) = nullptr;
  bool is_secret = false;  ///< what was found is not shown
};

/// `text` with `limit` in its place: "{min}", "{max}". "": there is none, and the place is left.
inline std::string with_limit(std::string_view text, std::string_view place,
                              std::string_view limit) {
  std::string result(text);
  const std::size_t at = result.find(place);
  if (at != std::string::npos && !limit.empty()) result.replace(at, place.size(), limit);
  return result;
}

/// `pointer`: the member that it fills; nullptr: the parser of the table reads it by itself.
template <auto pointer, typename KindOfValue>
struct Key {
  static constexpr auto member = pointer;
  static constexpr bool has_member = !std::is_null_pointer_v<decltype(pointer)>;
  using Kind = KindOfValue;

  std::string_view name;
  Kind kind;
  std::string_view text;  ///< for the schema; {min}, {max}: the limits of `kind`
  bool is_required = false;
  bool has_default = true;  ///< the member's in a new struct
};

template <typename Class, typename Member>
Class class_of(Member Class::*);
template <typename Class, typename Member>
Member type_of(Member Class::*);

template <auto pointer, typename Kind>
consteval Key<pointer, Kind> key(std::string_view name, Kind kind, std::string_view text) {
  return {.name = name, .kind = kind, .text = text};
}
/// true and false, or the words of the member's enumeration.
template <auto pointer>
consteval auto key(std::string_view name, std::string_view text) {
  using Member = decltype(type_of(pointer));
  if constexpr (std::is_same_v<Member, bool>) {
    return key<pointer>(name, Boolean{}, text);
  } else {
    return key<pointer>(name, any_word<Member>(), text);
  }
}
template <typename Kind>
consteval Key<nullptr, Kind> by_hand(std::string_view name, Kind kind, std::string_view text) {
  return {.name = name, .kind = kind, .text = text};
}
template <typename Row>
consteval Row required(Row row) {
  row.is_required = true;
  row.has_default = false;
  return row;
}
/// The default depends on something, or there is nothing like it.
template <typename Row>
consteval Row without_default(Row row) {
  row.has_default = false;
  return row;
}

/// The table of a struct of which every member has a key.
template <typename... Rows>
consteval auto fields_of_keys(const std::tuple<Rows...>& keys) {
  return std::apply(
      [](const auto&... rows) {
        return std::tuple(
            Field<std::remove_cvref_t<decltype(rows)>::member, NoLimit>{rows.name, {}}...);
      },
      keys);
}

}  // namespace evenkeel::fields
