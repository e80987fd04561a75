// The fields of a request into the struct of its command, by the struct's table.
//
// Pure. Included in .cpp files only: the tables are heavy to compile.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/control/protocol.h"
#include "daemon/fields/table.h"
#include "daemon/fields/words.h"

namespace evenkeel::daemon {

using Taken = tl::expected<void, ProtocolError>;

[[nodiscard]] Taken bad_field(std::string message);
[[nodiscard]] Taken take_value(RequestField& field, bool& into);
[[nodiscard]] Taken take_value(RequestField& field, std::string& into);
[[nodiscard]] Taken take_value(RequestField& field, std::vector<std::string>& into);

template <fields::Worded E>
[[nodiscard]] Taken take_value(RequestField& field, E& into) {
  std::string text;
  if (auto taken = take_value(field, text); !taken) return taken;
  if (const auto value = fields::from_name<E>(text)) {
    into = *value;
    return {};
  }
  std::string wanted;
  for (const std::string_view name : fields::kNames<E>) {
    wanted += wanted.empty() ? "" : ", ";
    wanted += name;
  }
  return bad_field("field \"" + field.key + "\" must be one of: " + wanted);
}

template <fields::Described T>
constexpr bool has_field(std::string_view key) {
  bool is_found = false;
  fields::for_each_field<T>([&](const auto& row) { is_found = is_found || row.key == key; });
  return is_found;
}

template <fields::Described T>
[[nodiscard]] Taken take_field(RequestField& field, T& into) {
  Taken taken;
  fields::for_each_field<T>([&](const auto& row) {
    if (row.key == field.key) taken = take_value(field, into.*row.member);
  });
  return taken;
}

/// BadField: the first that is unknown, of the wrong type, or no value of its kind.
template <fields::Described T>
[[nodiscard]] Taken take_fields(std::vector<RequestField>& from, T& into, Presentation& wants) {
  for (RequestField& field : from) {
    Taken taken;
    if (has_field<T>(field.key)) {
      taken = take_field(field, into);
    } else if (has_field<Presentation>(field.key)) {
      taken = take_field(field, wants);
    } else {
      taken = bad_field("unknown field \"" + field.key + "\"");
    }
    if (!taken) return taken;
  }
  return {};
}

}  // namespace evenkeel::daemon
