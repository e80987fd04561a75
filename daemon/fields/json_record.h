// A value as a JSON document, and back: what is kept on disk, where an older or a newer version of
// the program may read it. By the type of the value:
//
//   bool, number, text   as they are
//   enumeration          its name (words.h); with the limit AsNumber its number
//   duration             nanoseconds
//   what RecordText has  its text
//   optional             null, or the value
//   list                 an array
//   struct               an object, by its table (table.h)
//
// Pure. Included in .cpp files only: the tables and the JSON library are heavy to compile.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/fields/kinds.h"
#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::fields {

/// How a type is written as text: static std::string to(const T&), and
/// static std::optional<T> from(const std::string&).
template <typename T>
struct RecordText;

namespace record {

using Json = nlohmann::json;

template <typename T>
concept Texted = requires(const T& value) {
  RecordText<T>::to(value);
};

template <typename T, typename Limit>
Json write(const T& value, const Limit& limit);
/// False: what is there is of another type, out of the type's range, or no word of the enumeration.
template <typename T, typename Limit>
bool read(const Json& from, T& into, const Limit& limit);

template <Described T>
Json write_object(const T& value) {
  Json object = Json::object();
  for_each_field<T>(
      [&](const auto& row) { object[std::string(row.key)] = write(value.*row.member, row.limit); });
  return object;
}

/// What is missing keeps its value; what is not known is left out.
template <Described T>
bool read_object(const Json& from, T& into) {
  bool is_read = from.is_object();
  for_each_field<T>([&](const auto& row) {
    const auto member = is_read ? from.find(row.key) : from.end();
    if (is_read && member != from.end()) is_read = read(*member, into.*row.member, row.limit);
  });
  return is_read;
}

template <std::integral T>
bool read_number(const Json& from, T& into) {
  if (!from.is_number_integer()) return false;
  if (from.is_number_unsigned()) {
    const auto number = from.get<std::uint64_t>();
    into = static_cast<T>(number);
    return std::in_range<T>(number);
  }
  const auto number = from.get<std::int64_t>();
  into = static_cast<T>(number);
  return std::in_range<T>(number);
}

template <typename T>
bool read_list(const Json& from, std::vector<T>& into) {
  if (!from.is_array()) return false;
  into.clear();
  for (const Json& element : from) {
    if (!read(element, into.emplace_back(), NoLimit())) return false;
  }
  return true;
}

template <typename T, typename Limit>
Json write(const T& value, const Limit& limit) {
  if constexpr (Texted<T>) {
    return RecordText<T>::to(value);
  } else if constexpr (Worded<T> && std::is_same_v<Limit, AsNumber>) {
    return static_cast<std::underlying_type_t<T>>(value);
  } else if constexpr (Worded<T>) {
    return fields::name(value);
  } else if constexpr (kIsOf<T, std::chrono::duration>) {
    return std::chrono::nanoseconds(value).count();
  } else if constexpr (kIsOf<T, std::optional>) {
    return value ? write(*value, limit) : Json(nullptr);
  } else if constexpr (kIsOf<T, std::vector>) {
    Json list = Json::array();
    for (const auto& each : value) list.push_back(write(each, NoLimit()));
    return list;
  } else if constexpr (Described<T>) {
    return write_object(value);
  } else {
    return value;  // a text, a number or a boolean
  }
}

template <typename T, typename Limit>
bool read(const Json& from, T& into, const Limit& limit) {
  if constexpr (Texted<T>) {
    const auto value =
        from.is_string() ? RecordText<T>::from(from.get<std::string>()) : std::nullopt;
    if (value) into = *value;
    return value.has_value();
  } else if constexpr (Worded<T> && std::is_same_v<Limit, AsNumber>) {
    std::underlying_type_t<T> number{};
    const auto value = read_number(from, number) ? from_number<T>(number) : std::nullopt;
    if (value) into = *value;
    return value.has_value();
  } else if constexpr (Worded<T>) {
    const auto value = from.is_string() ? from_name<T>(from.get<std::string>()) : std::nullopt;
    if (value) into = *value;
    return value.has_value();
  } else if constexpr (kIsOf<T, std::chrono::duration>) {
    std::int64_t count = 0;
    if (!read_number(from, count)) return false;
    into = std::chrono::duration_cast<T>(std::chrono::nanoseconds(count));
    return true;
  } else if constexpr (kIsOf<T, std::optional>) {
    into.reset();
    return from.is_null() || read(from, into.emplace(), limit);
  } else if constexpr (kIsOf<T, std::vector>) {
    return read_list(from, into);
  } else if constexpr (Described<T>) {
    return read_object(from, into);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (from.is_boolean()) into = from.get<bool>();
    return from.is_boolean();
  } else if constexpr (std::integral<T>) {
    return read_number(from, into);
  } else {
    static_assert(std::is_same_v<T, std::string>, "the type has no table: fields_of()");
    if (from.is_string()) into = from.get<std::string>();
    return from.is_string();
  }
}

}  // namespace record

template <Described T>
[[nodiscard]] nlohmann::json to_record(const T& value) {
  return record::write_object(value);
}

/// Into what holds the defaults: what is missing keeps them, what is not known is left out. False:
/// a member is of another type, out of its range or no word; `into` is then half read.
template <Described T>
[[nodiscard]] bool from_record(const nlohmann::json& from, T& into) {
  return record::read_object(from, into);
}

}  // namespace evenkeel::fields
