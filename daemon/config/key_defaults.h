// The default of a key, as the file would write it: what the schema and the manual show.
//
// Pure. For the build (reference.cpp), and for tests.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/config/duration.h"
#include "daemon/config/keys.h"
#include "daemon/fields/kinds.h"

namespace evenkeel::daemon {

using DefaultValue = std::variant<bool, std::uint64_t, std::string, std::vector<std::string>>;

template <typename Kind>
inline constexpr bool is_for_all_nodes = requires {
  Kind::is_for_all_nodes;
};

/// A table has its defaults key by key. An optional value and an address have none.
template <typename Row>
consteval bool has_default_value() {
  using Kind = typename Row::Kind;
  if constexpr (is_for_all_nodes<Kind> || std::is_same_v<Kind, UnicastAddress>) {
    return false;
  } else if constexpr (Row::has_member) {
    return !fields::kIsOf<TypeOf<Row>, std::optional>;
  } else {
    return std::is_same_v<Kind, SchedulerFlags>;
  }
}

template <typename Class>
Class defaults_of() {
  if constexpr (requires { Keys<Class>::defaults(); }) {
    return Keys<Class>::defaults();
  } else {
    return {};
  }
}

template <typename T>
std::string text_of(const T& value) {
  if constexpr (std::is_same_v<T, MaxRemovals>) {
    return std::to_string(value.percent) + "%";
  } else if constexpr (std::is_same_v<T, checks::StatusRange>) {
    return std::to_string(value.first) + "-" + std::to_string(value.last);
  } else if constexpr (fields::Worded<T>) {
    return std::string(fields::name(value));
  } else if constexpr (std::is_convertible_v<T, std::string>) {
    return value;
  } else {
    return to_string(value);
  }
}

template <typename Row>
DefaultValue default_of(const Row& /*row*/) {
  if constexpr (Row::has_member) {
    using Kind = typename Row::Kind;
    const auto value = defaults_of<ClassOf<Row>>().*Row::member;
    using T = std::remove_const_t<decltype(value)>;
    if constexpr (std::is_same_v<T, bool>) {
      return value;
    } else if constexpr (std::is_same_v<Kind, Times> && std::is_integral_v<T>) {
      return to_string(std::chrono::seconds(value));
    } else if constexpr (std::is_integral_v<T> || requires { Kind::is_number; }) {
      return static_cast<std::uint64_t>(value);
    } else if constexpr (fields::kIsOf<T, std::vector>) {
      std::vector<std::string> texts;
      texts.reserve(value.size());
      for (const auto& element : value) texts.push_back(text_of(element));
      return texts;
    } else {
      return text_of(value);
    }
  } else {
    return std::vector<std::string>();
  }
}

/// A row without its types.
struct KeyText {
  std::string_view text;
  std::optional<DefaultValue> default_value;
  bool is_for_all_nodes = false;
};
template <typename Row>
KeyText text_of_key(const Row& row) {
  KeyText key{.text = row.text, .is_for_all_nodes = is_for_all_nodes<typename Row::Kind>};
  if constexpr (has_default_value<Row>()) {
    if (row.has_default) key.default_value = default_of(row);
  }
  return key;
}

}  // namespace evenkeel::daemon
