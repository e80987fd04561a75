#include "daemon/control/protocol.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {

namespace {

using nlohmann::json;

using StringList = std::vector<std::string>;
using FieldValue = std::variant<bool, std::string, StringList>;

struct Field {
  std::string key;
  FieldValue value;
};

constexpr std::size_t kMaxFields = 16;
constexpr std::size_t kMaxKey = 64;  // octets; an error repeats it

/// Takes the parser's events: one object whose values are booleans, strings or arrays of strings.
/// Anything else ends the parse at once, so that no depth and no size of nesting is ever stored.
class FieldReader : public nlohmann::json_sax<json> {
 public:
  std::vector<Field> fields;
  ProtocolError error{ErrorCode::MalformedRequest, "a request is one JSON object on one line"};

  bool start_object(std::size_t /*elements*/) override {
    if (begun_) return bad_value();
    begun_ = true;
    return true;
  }
  bool end_object() override { return true; }
  bool key(string_t& name) override {
    if (name.size() > kMaxKey) return fail("a field's name is too long");
    for (const Field& field : fields) {
      if (field.key == name) return fail("field \"" + name + "\" stands twice");
    }
    if (fields.size() == kMaxFields) return fail("more fields than any request has");
    fields.push_back({std::move(name), false});
    return true;
  }
  bool start_array(std::size_t /*elements*/) override {
    if (fields.empty() || in_array_) return bad_value();
    in_array_ = true;
    fields.back().value = StringList{};
    return true;
  }
  bool end_array() override {
    in_array_ = false;
    return true;
  }
  bool string(string_t& value) override {
    if (fields.empty()) return false;
    if (!in_array_) {
      fields.back().value = std::move(value);
      return true;
    }
    auto& list = std::get<StringList>(fields.back().value);
    if (list.size() == kMaxSelectors) {
      return fail("field \"" + fields.back().key + "\" has more than " +
                  std::to_string(kMaxSelectors) + " entries");
    }
    list.push_back(std::move(value));
    return true;
  }
  bool boolean(bool value) override {
    if (fields.empty() || in_array_) return bad_value();
    fields.back().value = value;
    return true;
  }
  bool null() override { return bad_value(); }
  bool number_integer(number_integer_t /*value*/) override { return bad_value(); }
  bool number_unsigned(number_unsigned_t /*value*/) override { return bad_value(); }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override {
    return bad_value();
  }
  bool binary(binary_t& /*value*/) override { return bad_value(); }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const json::exception& /*exception*/) override {
    error.message = "no JSON object: octet " + std::to_string(position) + " of the line is wrong";
    return false;
  }

 private:
  bool begun_ = false;
  bool in_array_ = false;

  bool fail(std::string message) {
    error = {ErrorCode::BadField, std::move(message)};
    return false;
  }
  bool bad_value() {
    if (fields.empty()) return false;
    return fail("field \"" + fields.back().key + "\" has a value of the wrong type");
  }
};

using Problem = tl::unexpected<ProtocolError>;

Problem bad_field(std::string message) {
  return Problem({ErrorCode::BadField, std::move(message)});
}

Problem wrong_type(const Field& field, std::string_view wanted) {
  return bad_field("field \"" + field.key + "\" must be " + std::string(wanted));
}

Problem unknown_field(const Field& field) {
  return bad_field("unknown field \"" + field.key + "\"");
}

template <typename T>
tl::expected<void, ProtocolError> take_as(Field& field, T& target, std::string_view wanted) {
  T* const value = std::get_if<T>(&field.value);
  if (value == nullptr) return wrong_type(field, wanted);
  target = std::move(*value);
  return {};
}

tl::expected<void, ProtocolError> take(Field& field, bool& target) {
  return take_as(field, target, "true or false");
}

tl::expected<void, ProtocolError> take(Field& field, StringList& target) {
  return take_as(field, target, "an array of strings");
}

template <fields::Worded E>
tl::expected<void, ProtocolError> take(Field& field, E& target) {
  std::string text;
  if (auto taken = take_as(field, text, "a string"); !taken) return taken;
  if (const auto value = fields::from_name<E>(text)) {
    target = *value;
    return {};
  }
  std::string wanted;
  for (const std::string_view name : fields::kNames<E>) {
    wanted += wanted.empty() ? "" : ", ";
    wanted += name;
  }
  return bad_field("field \"" + field.key + "\" must be one of: " + wanted);
}

template <typename R>
tl::expected<Request, ProtocolError> request_of(std::vector<Field>& fields) {
  R request;
  for (Field& field : fields) {
    if (field.key == "command") continue;
    auto taken = tl::expected<void, ProtocolError>(unknown_field(field));
    fields::for_each_field<R>([&](const auto& row) {
      if (row.key == field.key) taken = take(field, request.*row.member);
    });
    if (!taken) return tl::unexpected(taken.error());
  }
  return request;
}

/// The request with this command; nothing: no request has it.
template <std::size_t index = 0>
std::optional<tl::expected<Request, ProtocolError>> request_of(std::string_view command,
                                                               std::vector<Field>& fields) {
  if constexpr (index < std::variant_size_v<Request>) {
    using R = std::variant_alternative_t<index, Request>;
    if (R::kCommand == command) return request_of<R>(fields);
    return request_of<index + 1>(command, fields);
  } else {
    return std::nullopt;
  }
}

template <std::size_t... indices>
std::string commands(std::index_sequence<indices...> /*of Request*/) {
  std::string list;
  const auto add = [&](std::string_view command) {
    list += list.empty() ? "" : ", ";
    list += command;
  };
  (add(std::variant_alternative_t<indices, Request>::kCommand), ...);
  return list;
}

}  // namespace

bool shows_statistics(StatusView view) {
  return view == StatusView::Stats || view == StatusView::Rate;
}

tl::expected<Request, ProtocolError> parse_request(std::string_view line) {
  if (line.size() > kMaxRequest) {
    return Problem({ErrorCode::RequestTooLarge, "a request is at most 1 MiB"});
  }
  FieldReader reader;
  if (!json::sax_parse(line, &reader)) return tl::unexpected(reader.error);

  const std::string* command = nullptr;
  for (const Field& field : reader.fields) {
    if (field.key != "command") continue;
    command = std::get_if<std::string>(&field.value);
    if (command == nullptr) return wrong_type(field, "a string");
  }
  if (command == nullptr) return bad_field("field \"command\" is missing");
  if (auto request = request_of(*command, reader.fields)) return std::move(*request);
  return Problem({ErrorCode::UnknownCommand,
                  "unknown command \"" + command->substr(0, kMaxKey) + "\": there are " +
                      commands(std::make_index_sequence<std::variant_size_v<Request>>())});
}

std::string encode(const Request& request) {
  std::string out = "{";
  std::visit(
      [&]<typename R>(const R& known) {
        fields::append_member(out, "command", R::kCommand);
        fields::append_members(out, known);
      },
      request);
  out += '}';
  return out;
}

std::string error_line(const ProtocolError& error) {
  std::string out = R"({"ok":false)";
  fields::append_member(out, "error", error);
  out += ",\"more\":false}\n";
  return out;
}

std::string end_line(int exit_code) {
  std::string out = R"({"ok":true)";
  fields::append_member(out, "exit_code", exit_code);
  out += ",\"more\":false}\n";
  return out;
}

}  // namespace evenkeel::daemon
