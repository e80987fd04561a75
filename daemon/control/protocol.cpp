#include "daemon/control/protocol.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/control/answer_json.h"

namespace evenkeel::daemon {

namespace {

using nlohmann::json;

using StringList = std::vector<std::string>;

constexpr std::size_t kMaxFields = 16;
constexpr std::size_t kMaxKey = 64;  // octets; an error repeats it

/// Takes the parser's events: one object whose values are booleans, strings or arrays of strings.
/// Anything else ends the parse at once, so that no depth and no size of nesting is ever stored.
class FieldReader : public nlohmann::json_sax<json> {
 public:
  std::vector<RequestField> fields;
  ProtocolError error{ErrorCode::MalformedRequest, "a request is one JSON object on one line"};

  bool start_object(std::size_t /*elements*/) override {
    if (begun_) return bad_value();
    begun_ = true;
    return true;
  }
  bool end_object() override { return true; }
  bool key(string_t& name) override {
    if (name.size() > kMaxKey) return fail("a field's name is too long");
    for (const RequestField& field : fields) {
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

}  // namespace

tl::expected<Request, ProtocolError> parse_request(std::string_view line) {
  const auto fail = [](ErrorCode code, std::string message) {
    return tl::unexpected(ProtocolError{code, std::move(message)});
  };
  if (line.size() > kMaxRequest) {
    return fail(ErrorCode::RequestTooLarge, "a request is at most 1 MiB");
  }
  FieldReader reader;
  if (!json::sax_parse(line, &reader)) return tl::unexpected(reader.error);

  auto& fields = reader.fields;
  const auto command = std::find_if(fields.begin(), fields.end(), [](const RequestField& field) {
    return field.key == "command";
  });
  if (command == fields.end()) return fail(ErrorCode::BadField, "field \"command\" is missing");
  auto* const name = std::get_if<std::string>(&command->value);
  if (name == nullptr) return fail(ErrorCode::BadField, "field \"command\" must be a string");
  Request request{std::move(*name), {}};
  fields.erase(command);
  request.fields = std::move(fields);
  return request;
}

std::string encode(const Request& request) {
  std::string out = R"({"command":)";
  fields::append_json(out, request.command);
  for (const RequestField& field : request.fields) {
    out += ',';
    fields::append_json_string(out, field.key);
    out += ':';
    std::visit([&](const auto& value) { fields::append_json(out, value); }, field.value);
  }
  out += '}';
  return out;
}

std::string error_line(const ProtocolError& error) {
  return last_line(false, "error", error);
}

std::string end_line(int exit_code) {
  return last_line(true, "exit_code", exit_code);
}

std::string document_end(int exit_code) {
  std::string out = "]";
  fields::append_member(out, "exit_code", exit_code);
  return out + "}\n";
}

std::string octets_line(std::string_view key, std::size_t count) {
  std::string out = R"({"ok":true)";
  fields::append_member(out, key, count);
  out += ",\"more\":true}\n";
  return out;
}

std::string text_lines(std::string_view errors, std::string_view output, int exit_code) {
  std::string out;
  const auto append = [&](std::string_view key, std::string_view text) {
    if (!text.empty()) out.append(octets_line(key, text.size())).append(text);
  };
  append(kErrorBytes, errors);
  append(kBytes, output);
  return out + end_line(exit_code);
}

std::string document_of(std::string_view line) {
  constexpr std::string_view kPrefix = R"({"ok":true,)";
  constexpr std::string_view kSuffix = ",\"more\":false}\n";
  line.remove_prefix(kPrefix.size());
  line.remove_suffix(kSuffix.size());
  return "{" + std::string(line) + "}\n";
}

}  // namespace evenkeel::daemon
