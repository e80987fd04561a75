// A value of the configuration as the file writes it, without quotes.
//
// Pure. Included in .cpp files only.
#pragma once

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/duration.h"
#include "daemon/config/key_kinds.h"
#include "daemon/fields/kinds.h"

namespace evenkeel::daemon {

/// The text of a value that is a string in the file.
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

template <typename T>
inline constexpr bool kIsText =
    fields::Worded<T> || std::is_convertible_v<T, std::string> || std::is_same_v<T, MaxRemovals> ||
    std::is_same_v<T, checks::StatusRange> || std::is_same_v<T, vrrp::InterfaceAddress> ||
    fields::kIsOf<T, std::chrono::duration>;

/// The text of any value; "" for a table, a list of tables, a secret, and a command, which may have
/// a secret in it.
template <typename Kind, typename T>
std::string written(const Kind& kind, const T& value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (fields::kIsOf<T, std::optional>) {
    return value ? written(kind, *value) : "none";
  } else if constexpr (std::is_same_v<Kind, Times> && std::is_integral_v<T>) {
    return to_string(std::chrono::seconds(value));
  } else if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else if constexpr (requires { Kind::is_number; }) {
    return std::to_string(static_cast<unsigned>(value));
  } else if constexpr (std::is_same_v<Kind, Text>) {
    return kind.is_secret ? "" : text_of(value);
  } else if constexpr (fields::kIsOf<T, std::vector>) {
    if constexpr (kIsText<typename T::value_type> && !std::is_same_v<Kind, Command>) {
      std::string list = "[";
      for (const auto& each : value) list += (list.size() > 1 ? ", " : "") + text_of(each);
      return list + "]";
    } else {
      return "";
    }
  } else if constexpr (kIsText<T>) {
    return text_of(value);
  } else {
    return "";
  }
}

}  // namespace evenkeel::daemon
