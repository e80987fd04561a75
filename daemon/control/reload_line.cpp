#include <algorithm>
#include <cstddef>
#include <string_view>

#include "daemon/control/commands.h"
#include "daemon/control/json_text.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

namespace {

void append_diagnostics(std::string& out, const std::vector<Diagnostic>& diagnostics) {
  append_key(out, "diagnostics");
  out += '[';
  const std::size_t shown = std::min(diagnostics.size(), kMaxDiagnostics);
  for (std::size_t i = 0; i < shown; ++i) {
    const Diagnostic& diagnostic = diagnostics[i];
    out += i == 0 ? "{" : ",{";
    string_field(out, "file", diagnostic.file);
    number_field(out, "line", diagnostic.line);
    number_field(out, "column", diagnostic.column);
    string_field(out, "severity", diagnostic.severity == Severity::Error ? "error" : "warning");
    string_field(out, "message", diagnostic.message);
    out += '}';
  }
  out += ']';
}

std::string refusal_line(ErrorCode code, const ReloadResult& result) {
  std::string out = R"({"ok":false,"error":{)";
  string_field(out, "code", name(code));
  string_field(out, "message", result.message);
  append_diagnostics(out, result.diagnostics);
  out += "},\"more\":false}\n";
  return out;
}

}  // namespace

std::string reload_line(const ReloadResult& result) {
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
  number_field(out, "generation", result.generation);
  string_field(out, "configuration", result.config_digest);
  number_field(out, "operations", result.operations);
  number_field(out, "instances_changed", result.instances_changed);
  string_field(out, "message", result.message);
  append_diagnostics(out, result.diagnostics);
  number_field(out, "exit_code", result.is_complete ? 0 : 1);
  out += ",\"more\":false}\n";
  return out;
}

}  // namespace evenkeel::daemon
