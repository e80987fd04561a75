// Makes a row of a handler, which is a function
//
//   void failover(const FailoverRequest& request, const Presentation& wants, Call call);
//
// whose request has fields_of(). An option or argument whose field the request lacks does not
// compile.
//
// Pure. Included in .cpp files only, as request_fields.h.
#pragma once

#include <chrono>
#include <utility>

#include "daemon/control/command_row.h"
#include "daemon/control/request_fields.h"

namespace evenkeel::daemon {

template <typename R>
using Handler = void (*)(const R& request, const Presentation& wants, Call call);

template <auto handler, typename R>
tl::expected<Work, ProtocolError> work_of(Request request) {
  R asked;
  Presentation wants;
  if (auto taken = take_fields(request.fields, asked, wants); !taken) {
    return tl::unexpected(taken.error());
  }
  return Work(
      [asked = std::move(asked), wants](Call call) { handler(asked, wants, std::move(call)); });
}

template <typename R>
consteval bool has_all_fields(const CommandWords& words) {
  const auto is_known = [](std::string_view field) {
    return field.empty() || has_field<R>(field) || has_field<Presentation>(field);
  };
  for (const CommandOption& option : words.options) {
    if (!is_known(option.field)) return false;
  }
  return is_known(words.argument.field);
}

template <auto handler, typename R>
consteval CommandRow make_row(Handler<R> /*handler*/, const CommandWords& words, Access access,
                              std::chrono::seconds patience) {
  if (!has_all_fields<R>(words)) throw "an option or argument names a field that the request lacks";
  return {words, access, patience, &work_of<handler, R>};
}

template <auto handler>
consteval CommandRow command_row(const CommandWords& words, Access access,
                                 std::chrono::seconds patience) {
  return make_row<handler>(handler, words, access, patience);
}

}  // namespace evenkeel::daemon
