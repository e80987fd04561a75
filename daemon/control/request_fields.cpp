#include "daemon/control/request_fields.h"

#include <utility>
#include <variant>

namespace evenkeel::daemon {

namespace {

template <typename T>
Taken take_as(RequestField& field, T& into, std::string_view wanted) {
  T* const value = std::get_if<T>(&field.value);
  if (value == nullptr) {
    return bad_field("field \"" + field.key + "\" must be " + std::string(wanted));
  }
  into = std::move(*value);
  return {};
}

}  // namespace

Taken bad_field(std::string message) {
  return tl::unexpected(ProtocolError{ErrorCode::BadField, std::move(message)});
}

Taken take_value(RequestField& field, bool& into) {
  return take_as(field, into, "true or false");
}

Taken take_value(RequestField& field, std::string& into) {
  return take_as(field, into, "a string");
}

Taken take_value(RequestField& field, std::vector<std::string>& into) {
  return take_as(field, into, "an array of strings");
}

}  // namespace evenkeel::daemon
