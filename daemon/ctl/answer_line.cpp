#include "daemon/ctl/answer_line.h"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace evenkeel::ctl {

namespace {

using nlohmann::json;

Refusal senseless() {
  return {"", "the answer makes no sense; is the daemon of another version?", {}};
}

template <typename T>
T field(const json& object, const char* key, T otherwise) {
  const auto found = object.find(key);
  if (found == object.end()) return otherwise;
  if constexpr (std::is_same_v<T, std::string>) {
    if (!found->is_string()) return otherwise;
  } else {
    if (!found->is_number_unsigned()) return otherwise;
  }
  return found->get<T>();
}

std::vector<daemon::Diagnostic> diagnostics_of(const json& object) {
  std::vector<daemon::Diagnostic> diagnostics;
  const auto list = object.find("diagnostics");
  if (list == object.end() || !list->is_array()) return diagnostics;
  for (const json& entry : *list) {
    if (!entry.is_object()) continue;
    daemon::Diagnostic& diagnostic = diagnostics.emplace_back();
    diagnostic.file = field<std::string>(entry, "file", "");
    diagnostic.line = field<std::uint32_t>(entry, "line", 0);
    diagnostic.column = field<std::uint32_t>(entry, "column", 0);
    diagnostic.message = field<std::string>(entry, "message", "");
    if (field<std::string>(entry, "severity", "") == "warning") {
      diagnostic.severity = daemon::Severity::Warning;
    }
  }
  return diagnostics;
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
  return tl::unexpected(Refusal{field<std::string>(*error, "code", ""),
                                field<std::string>(*error, "message", ""), diagnostics_of(*error)});
}

}  // namespace

tl::expected<StatusLine, Refusal> parse_status_line(std::string_view line) {
  const auto object = parse(line);
  if (!object) return tl::unexpected(object.error());
  StatusLine result;
  result.is_end = !object->value("more", false);
  if (!object->contains(result.is_end ? "exit_code" : "bytes")) return tl::unexpected(senseless());
  result.bytes = field<std::size_t>(*object, "bytes", 0);
  result.exit_code = field<int>(*object, "exit_code", 2);
  return result;
}

tl::expected<ReloadLine, Refusal> parse_reload_line(std::string_view line) {
  const auto object = parse(line);
  if (!object) return tl::unexpected(object.error());
  return ReloadLine{.message = field<std::string>(*object, "message", ""),
                    .diagnostics = diagnostics_of(*object),
                    .exit_code = field<int>(*object, "exit_code", 0)};
}

tl::expected<InstancesLine, Refusal> parse_instances_line(std::string_view line) {
  const auto object = parse(line);
  if (!object) return tl::unexpected(object.error());
  const auto instances = object->find("instances");
  if (instances == object->end() || !instances->is_array() || !object->contains("exit_code")) {
    return tl::unexpected(senseless());
  }
  InstancesLine result;
  for (const json& entry : *instances) {
    if (!entry.is_object()) return tl::unexpected(senseless());
    result.outcomes.push_back(
        {field<std::string>(entry, "name", ""), field<std::string>(entry, "outcome", "")});
  }
  result.exit_code = field<int>(*object, "exit_code", 1);
  return result;
}

std::string line_of(const daemon::Diagnostic& diagnostic) {
  std::string text = diagnostic.file;
  if (diagnostic.line != 0) {
    text += ":" + std::to_string(diagnostic.line) + ":" + std::to_string(diagnostic.column);
  }
  text += diagnostic.severity == daemon::Severity::Error ? ": error: " : ": warning: ";
  return text + diagnostic.message;
}

}  // namespace evenkeel::ctl
