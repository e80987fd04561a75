// The members of a JSON object that are computed, with a text for the manual:
//
//   constexpr auto members_of(fields::Of<Server>) {
//     return std::tuple(fields::member("name", &Server::name),
//                       fields::member("weight", &weight_of, "the effective one"));
//   }
//
// Written by json_out.h. Pure, and of the lowest layer (words.h).
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <tuple>

#include "daemon/fields/table.h"

namespace evenkeel::fields {

/// A member that is there only sometimes.
template <typename T>
struct When {
  bool is_there;
  T value;
};
template <typename T>
When(bool, T) -> When<T>;

/// `get`: a pointer to a member, or (const T&) -> value.
template <typename Get>
struct Member {
  std::string_view key;
  Get get;
  std::string_view text;
};
template <typename Get>
constexpr Member<Get> member(std::string_view key, Get get, std::string_view text = {}) {
  return {key, get, text};
}

/// (const A&) -> the member of its member: path<&A::b, &B::c>.
template <auto... pointers>
inline constexpr auto path = [](const auto& object) -> const auto& {
  return (object.*....*pointers);
};

/// An object within the object, of a value and the members that are made from it.
template <typename T, typename Members>
struct Inner {
  const T* value;
  const Members* members;
};
template <typename T, typename Members>
Inner(const T*, const Members*) -> Inner<T, Members>;

/// (const T&) -> an object within, made from the same value.
template <typename... Members>
struct Object {
  std::tuple<Members...> members;
  constexpr auto operator()(const auto& value) const { return Inner{&value, &members}; }
};
template <typename... Members>
constexpr Object<Members...> object(Members... members) {
  return {std::tuple(members...)};
}
/// Likewise from what `get` leads to, which may be absent: null.
template <typename Get, typename... Members>
struct OptionalObject {
  Get get;
  std::tuple<Members...> members;
  constexpr auto operator()(const auto& value) const {
    const auto& found = std::invoke(get, value);
    return found ? std::optional(Inner{&*found, &members}) : std::nullopt;
  }
};
template <typename Get, typename... Members>
constexpr OptionalObject<Get, Members...> optional_object(Get get, Members... members) {
  return {get, std::tuple(members...)};
}

template <typename T>
concept HasMembers = requires {
  members_of(Of<T>());
};

}  // namespace evenkeel::fields
