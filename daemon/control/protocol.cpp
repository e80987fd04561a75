#include "daemon/control/protocol.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/control/json_text.h"

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
tl::expected<void, ProtocolError> take(Field& field, T& target, std::string_view wanted) {
  T* const value = std::get_if<T>(&field.value);
  if (value == nullptr) return wrong_type(field, wanted);
  target = std::move(*value);
  return {};
}

template <fields::Worded E>
tl::expected<void, ProtocolError> take_name(Field& field, E& target) {
  std::string text;
  if (auto taken = take(field, text, "a string"); !taken) return taken;
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

tl::expected<Request, ProtocolError> status_request(std::vector<Field>& fields) {
  StatusRequest request;
  for (Field& field : fields) {
    tl::expected<void, ProtocolError> taken;
    if (field.key == "command") continue;
    if (field.key == "services") {
      taken = take(field, request.services, "an array of strings");
    } else if (field.key == "view") {
      taken = take_name(field, request.view);
    } else if (field.key == "format") {
      taken = take_name(field, request.format);
    } else if (field.key == "exact") {
      taken = take(field, request.exact, "true or false");
    } else if (field.key == "color") {
      taken = take(field, request.color, "true or false");
    } else {
      return unknown_field(field);
    }
    if (!taken) return tl::unexpected(taken.error());
  }
  return request;
}

tl::expected<Request, ProtocolError> reload_request(std::vector<Field>& fields) {
  ReloadRequest request;
  for (Field& field : fields) {
    if (field.key == "command") continue;
    if (field.key != "force") return unknown_field(field);
    if (auto taken = take(field, request.force, "true or false"); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  return request;
}

tl::expected<Request, ProtocolError> vrrp_request(std::vector<Field>& fields) {
  VrrpRequest request;
  for (Field& field : fields) {
    tl::expected<void, ProtocolError> taken;
    if (field.key == "command") continue;
    if (field.key == "instances") {
      taken = take(field, request.instances, "an array of strings");
    } else if (field.key == "format") {
      taken = take_name(field, request.format);
    } else if (field.key == "color") {
      taken = take(field, request.color, "true or false");
    } else {
      return unknown_field(field);
    }
    if (!taken) return tl::unexpected(taken.error());
  }
  return request;
}

/// failover, resume
template <typename T>
tl::expected<Request, ProtocolError> instances_request(std::vector<Field>& fields) {
  T request;
  for (Field& field : fields) {
    if (field.key == "command") continue;
    if (field.key != "instances") return unknown_field(field);
    if (auto taken = take(field, request.instances, "an array of strings"); !taken) {
      return tl::unexpected(taken.error());
    }
  }
  return request;
}

void strings_field(std::string& out, std::string_view key, const StringList& strings) {
  append_key(out, key);
  out += '[';
  for (const std::string& string : strings) {
    begin_element(out);
    append_json_string(out, string);
  }
  out += ']';
}

void append_fields(std::string& out, const StatusRequest& request) {
  string_field(out, "command", "status");
  strings_field(out, "services", request.services);
  string_field(out, "view", name(request.view));
  string_field(out, "format", name(request.format));
  bool_field(out, "exact", request.exact);
  bool_field(out, "color", request.color);
}

void append_fields(std::string& out, const VrrpRequest& request) {
  string_field(out, "command", "vrrp");
  strings_field(out, "instances", request.instances);
  string_field(out, "format", name(request.format));
  bool_field(out, "color", request.color);
}

void append_fields(std::string& out, const ReloadRequest& request) {
  string_field(out, "command", "reload");
  bool_field(out, "force", request.force);
}

void append_fields(std::string& out, const FailoverRequest& request) {
  string_field(out, "command", "failover");
  strings_field(out, "instances", request.instances);
}

void append_fields(std::string& out, const ResumeRequest& request) {
  string_field(out, "command", "resume");
  strings_field(out, "instances", request.instances);
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
  if (*command == "status") return status_request(reader.fields);
  if (*command == "vrrp") return vrrp_request(reader.fields);
  if (*command == "reload") return reload_request(reader.fields);
  if (*command == "failover") return instances_request<FailoverRequest>(reader.fields);
  if (*command == "resume") return instances_request<ResumeRequest>(reader.fields);
  return Problem(
      {ErrorCode::UnknownCommand, "unknown command \"" + command->substr(0, kMaxKey) +
                                      "\": there are status, vrrp, reload, failover, resume"});
}

std::string encode(const Request& request) {
  std::string out = "{";
  std::visit([&out](const auto& known) { append_fields(out, known); }, request);
  out += '}';
  return out;
}

std::string error_line(const ProtocolError& error) {
  std::string out = R"({"ok":false,"error":{)";
  string_field(out, "code", name(error.code));
  string_field(out, "message", error.message);
  out += "},\"more\":false}\n";
  return out;
}

std::string end_line(int exit_code) {
  std::string out = R"({"ok":true)";
  number_field(out, "exit_code", static_cast<std::uint64_t>(exit_code));
  out += ",\"more\":false}\n";
  return out;
}

}  // namespace evenkeel::daemon
