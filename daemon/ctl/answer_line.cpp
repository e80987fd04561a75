#include "daemon/ctl/answer_line.h"

#include <nlohmann/json.hpp>

#include "daemon/control/protocol.h"

namespace evenkeel::ctl {

namespace {

using nlohmann::json;

Refusal senseless() {
  return {"", "the answer makes no sense; is the daemon of another version?"};
}

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

template <typename T>
T number_of(const json& object, std::string_view key, T otherwise) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<T>() : otherwise;
}

/// The object of a line that says "ok":true.
tl::expected<json, Refusal> parse(std::string_view line) {
  json object = json::parse(line, nullptr, false);
  if (!object.is_object()) return tl::unexpected(senseless());
  const auto ok = object.find("ok");
  if (ok == object.end() || !ok->is_boolean()) return tl::unexpected(senseless());
  if (ok->get<bool>()) return object;
  const auto error = object.find("error");
  if (error == object.end() || !error->is_object()) return tl::unexpected(senseless());
  return tl::unexpected(Refusal{text_of(*error, "code"), text_of(*error, "message")});
}

}  // namespace

tl::expected<AnswerLine, Refusal> parse_answer_line(std::string_view line) {
  const auto object = parse(line);
  if (!object) return tl::unexpected(object.error());
  AnswerLine result;
  result.is_end = !object->value("more", false);
  const bool has_octets = object->contains(daemon::kBytes) || object->contains(daemon::kErrorBytes);
  if (result.is_end ? !object->contains("exit_code") : !has_octets) {
    return tl::unexpected(senseless());
  }
  result.bytes = number_of<std::size_t>(*object, daemon::kBytes, 0);
  result.error_bytes = number_of<std::size_t>(*object, daemon::kErrorBytes, 0);
  result.exit_code = number_of<int>(*object, "exit_code", 2);
  return result;
}

}  // namespace evenkeel::ctl
