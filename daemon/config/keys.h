// The keys of a table of the file, written once:
//
//   template <>
//   struct Keys<GlobalConfig> {
//     using T = GlobalConfig;
//     static constexpr std::string_view path = "global", title = "[global]";
//     static constexpr auto rows = std::tuple(
//         key<&T::log_level>("log_level", "what is logged"),
//         key<&T::control_group>("control_group", Name{}, "the group that may ..."));
//     static constexpr auto not_keys = std::tuple(not_key<&T::node_name>);
//     static constexpr std::array later = {"syslog"sv};
//   };
//
// A row names the member that it fills, of whatever struct: the members of every struct of which it
// names one are rows, or in `not_keys`. The parser reads by it (written.h), the schema and the
// manual's signatures are made from it (schema.h, manual.h). Rules between keys are functions
// elsewhere.
//
// A member without a row, two rows of a member or with the same key, and a range outside the
// member's type do not compile. Where a table fills one of several structs (`Alternatives`), two of
// these may each have a row with the same key: it is one key, and the row of the struct that is
// filled reads its value.
//
// Pure.
#pragma once

#include <algorithm>
#include <array>
#include <boost/pfr/tuple_size.hpp>
#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "daemon/config/key_kinds.h"
#include "daemon/config/known_keys.h"
#include "daemon/fields/key.h"
#include "daemon/fields/table.h"

namespace evenkeel::daemon {

/// `path`, `title` as messages call it, `rows`; where there are any: `text` for the schema,
/// `not_keys`, `later`, `Alternatives` (a variant), and `defaults()`, where they are not those of a
/// new struct.
template <typename Table>
struct Keys;

using fields::by_hand;
using fields::class_of;
using fields::key;
using fields::required;
using fields::type_of;
using fields::without_default;

/// Of a row that has a member.
template <typename Row>
using ClassOf = decltype(class_of(Row::member));
template <typename Row>
using TypeOf = decltype(type_of(Row::member));

template <auto pointer>
struct NotKey {
  static constexpr auto member = pointer;
  static constexpr bool has_member = true;
};
/// A member that no key of the table fills.
template <auto pointer>
inline constexpr NotKey<pointer> not_key;

template <typename Table>
constexpr auto not_keys_of() {
  if constexpr (requires { Keys<Table>::not_keys; }) {
    return Keys<Table>::not_keys;
  } else {
    return std::tuple<>();
  }
}
template <typename Table>
constexpr auto later_of() {
  if constexpr (requires { Keys<Table>::later; }) {
    return Keys<Table>::later;
  } else {
    return std::array<std::string_view, 0>();
  }
}

/// Whether the row fills a member of `Class`.
template <typename Row, typename Class>
constexpr bool is_of() {
  if constexpr (Row::has_member) {
    return std::is_same_v<ClassOf<Row>, Class>;
  } else {
    return false;
  }
}

template <typename Class, typename... Each>
constexpr std::size_t number_in(std::type_identity<std::variant<Each...>>) {
  std::size_t number = 0;
  const bool is_there = ((++number, std::is_same_v<Class, Each>) || ...);
  return is_there ? number : 0;
}
/// From 1: of the alternative that the row fills; 0: it fills a struct that every table has.
template <typename Table, typename Row>
constexpr std::size_t alternative_of() {
  if constexpr (Row::has_member && requires { typename Keys<Table>::Alternatives; }) {
    return number_in<ClassOf<Row>>(std::type_identity<typename Keys<Table>::Alternatives>());
  } else {
    return 0;
  }
}

template <typename Class, typename... Rows>
constexpr std::size_t members_in(const std::tuple<Rows...>& /*rows*/) {
  return (std::size_t{0} + ... + is_of<Rows, Class>());
}

/// Every struct of which a row names a member has all of them in `all`.
template <typename... Rows>
constexpr bool has_all_members(const std::tuple<Rows...>& all) {
  const auto is_covered = [&]<typename Row>(std::type_identity<Row>) {
    if constexpr (Row::has_member) {
      return members_in<ClassOf<Row>>(all) == boost::pfr::tuple_size_v<ClassOf<Row>>;
    } else {
      return true;
    }
  };
  return (is_covered(std::type_identity<Rows>()) && ...);
}

template <typename Row>
constexpr std::string_view member_of() {
  if constexpr (Row::has_member) {
    return fields::member_name<Row::member>();
  } else {
    return {};
  }
}
template <typename... Rows>
constexpr bool has_distinct_members(const std::tuple<Rows...>& /*all*/) {
  const std::array<std::string_view, sizeof...(Rows)> names = {member_of<Rows>()...};
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!names[i].empty() && names[i] == names[j]) return false;
    }
  }
  return true;
}

/// Whatever the kind lets through, the member can hold.
template <typename Member, typename Kind>
constexpr bool fits(const Kind& kind) {
  if constexpr (std::is_same_v<Kind, Between>) {
    if constexpr (!std::is_integral_v<Member> || std::is_same_v<Member, bool>) {
      return false;
    } else {
      return kind.min <= kind.max && std::in_range<Member>(kind.min) &&
             std::in_range<Member>(kind.max);
    }
  } else if constexpr (std::is_same_v<Kind, Times>) {
    if (kind.min > kind.max || kind.min < Duration::zero()) return false;
    if constexpr (std::is_integral_v<Member>) {
      const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(kind.max).count();
      return kind.is_whole_seconds && std::in_range<Member>(seconds);
    } else {
      return kind.is_whole_seconds || std::is_same_v<Member, Duration>;
    }
  } else {
    return true;
  }
}
template <typename... Rows>
constexpr bool ranges_fit(const std::tuple<Rows...>& rows) {
  const auto fits_its_member = []<typename Row>(const Row& row) {
    if constexpr (Row::has_member) {
      return fits<TypeOf<Row>>(row.kind);
    } else {
      return true;
    }
  };
  return std::apply([&](const auto&... row) { return (fits_its_member(row) && ...); }, rows);
}

/// The rows of a table, judged.
template <typename Table>
inline constexpr auto kKeys = [] {
  constexpr auto rows = Keys<Table>::rows;
  constexpr auto all = std::tuple_cat(rows, not_keys_of<Table>());
  static_assert(has_distinct_members(all), "two rows of Keys are one member's");
  static_assert(has_all_members(all), "Keys lacks a row for a member");
  static_assert(ranges_fit(rows), "the range of a key is outside its member's type");
  return rows;
}();

template <typename Table>
inline constexpr std::size_t kKeyCount =
    std::tuple_size_v<std::remove_const_t<decltype(kKeys<Table>)>>;

template <typename Table>
inline constexpr auto kKeyNames = std::apply(
    [](const auto&... rows) { return std::array<std::string_view, sizeof...(rows)>{rows.name...}; },
    kKeys<Table>);
template <typename Table>
inline constexpr auto kLaterKeys = later_of<Table>();

/// By row: the first row that has its name.
template <typename Table>
inline constexpr auto kFirstRows = [] {
  std::array<std::size_t, kKeyCount<Table>> first{};
  for (std::size_t row = 0; row < first.size(); ++row) {
    while (kKeyNames<Table>[first[row]] != kKeyNames<Table>[row]) ++first[row];
  }
  return first;
}();

/// Rows have the same key only where they are of different alternatives.
template <typename Table>
constexpr bool has_distinct_keys() {
  constexpr auto& names = kKeyNames<Table>;
  constexpr auto alternatives = std::apply(
      []<typename... Rows>(const Rows&... /*rows*/) {
        return std::array<std::size_t, sizeof...(Rows)>{alternative_of<Table, Rows>()...};
      },
      kKeys<Table>);
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const std::string_view later : kLaterKeys<Table>) {
      if (names[i] == later) return false;
    }
    for (std::size_t j = 0; j < i; ++j) {
      const bool are_alternatives =
          alternatives[i] > 0 && alternatives[j] > 0 && alternatives[i] != alternatives[j];
      if (names[i] == names[j] && !are_alternatives) return false;
    }
  }
  return fields::are_distinct(kLaterKeys<Table>);
}

template <typename Table>
inline constexpr KnownKeys kKnownKeys = [] {
  static_assert(has_distinct_keys<Table>(), "two rows of Keys have the same key");
  return KnownKeys{.names = kKeyNames<Table>, .later = kLaterKeys<Table>};
}();

/// Called by no program that compiles.
void the_table_has_no_such_key();

/// A key of a table, by its name: one that it does not have does not compile. `row`: the first row
/// with the name.
template <typename Table>
struct KeyOf {
  std::size_t row;

  // NOLINTNEXTLINE(google-explicit-constructor): names are given where keys are asked for
  consteval KeyOf(const char* name) : row(row_of(name)) {}
  [[nodiscard]] static constexpr KeyOf at(std::size_t row) { return KeyOf(kFirstRows<Table>[row]); }
  [[nodiscard]] constexpr std::string_view name() const { return kKeyNames<Table>[row]; }

  friend constexpr bool operator==(KeyOf, KeyOf) = default;

 private:
  explicit constexpr KeyOf(std::size_t at) : row(at) {}
  static consteval std::size_t row_of(std::string_view name) {
    std::size_t at = 0;
    while (at < kKeyCount<Table> && kKeyNames<Table>[at] != name) ++at;
    if (at == kKeyCount<Table>) the_table_has_no_such_key();
    return at;
  }
};

/// The kind of a key's value, with its limits.
template <typename Table, KeyOf<Table> key>
inline constexpr auto kKindOf = std::get<key.row>(kKeys<Table>).kind;

/// `act` with each row of the table, in order.
template <typename Table, typename Act>
void for_each_key(Act&& act) {
  std::apply([&](const auto&... rows) { (act(rows), ...); }, kKeys<Table>);
}

/// `act` with each key of the table that fills a member of `Class`.
template <typename Table, typename Class, typename Act>
void for_each_key_of(Act&& act) {
  std::size_t row = 0;
  for_each_key<Table>([&]<typename Row>(const Row& /*row*/) {
    if (is_of<Row, Class>()) act(KeyOf<Table>::at(row));
    ++row;
  });
}

}  // namespace evenkeel::daemon
