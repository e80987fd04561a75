#include "daemon/control/reload_line.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {

namespace {

/// At most kMaxDiagnostics.
std::span<const Diagnostic> shown(const std::vector<Diagnostic>& diagnostics) {
  return std::span(diagnostics).first(std::min(diagnostics.size(), kMaxDiagnostics));
}

std::string refusal_line(ErrorCode code, const ReloadResult& result) {
  std::string out = R"({"ok":false,"error":{)";
  fields::append_member(out, "code", code);
  fields::append_member(out, "message", result.message);
  fields::append_member(out, "diagnostics", shown(result.diagnostics));
  out += "},\"more\":false}\n";
  return out;
}

int code_of(const ReloadResult& result) {
  switch (result.outcome) {
    case ReloadOutcome::Done:
      return result.is_complete ? 0 : 1;
    case ReloadOutcome::BadConfiguration:
      return 2;
    case ReloadOutcome::TooManyRemovals:
    case ReloadOutcome::Busy:
      break;
  }
  return 1;
}

std::string json_line(const ReloadResult& result) {
  switch (result.outcome) {
    case ReloadOutcome::Done:
      break;
    case ReloadOutcome::BadConfiguration:
      return refusal_line(ErrorCode::BadConfiguration, result);
    case ReloadOutcome::TooManyRemovals:
      return refusal_line(ErrorCode::TooManyRemovals, result);
    case ReloadOutcome::Busy:
      return refusal_line(ErrorCode::Busy, result);
  }
  std::string out = R"({"ok":true)";
  fields::append_member(out, "generation", result.generation);
  fields::append_member(out, "configuration", result.config_digest);
  fields::append_member(out, "operations", result.operations);
  fields::append_member(out, "instances_changed", result.instances_changed);
  fields::append_member(out, "message", result.message);
  fields::append_member(out, "diagnostics", shown(result.diagnostics));
  fields::append_member(out, "exit_code", code_of(result));
  out += ",\"more\":false}\n";
  return out;
}

std::string text_of(const ReloadResult& result) {
  std::string errors;
  for (const Diagnostic& diagnostic : shown(result.diagnostics)) {
    errors += to_string(diagnostic) + "\n";
  }
  const std::string message = result.message + "\n";
  if (result.outcome == ReloadOutcome::Done) return text_lines(errors, message, code_of(result));
  return text_lines(errors + "evenkeel: reload: " + message, {}, code_of(result));
}

}  // namespace

std::string reload_line(const ReloadResult& result, Format format) {
  if (format == Format::Text) return text_of(result);
  std::string json = json_line(result);
  if (format == Format::Json || result.outcome != ReloadOutcome::Done) return json;
  return text_lines({}, document_of(json), code_of(result));
}

}  // namespace evenkeel::daemon
