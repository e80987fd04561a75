#include "daemon/control/reload_line.h"

#include <algorithm>
#include <span>
#include <string_view>

#include "daemon/control/answer_json.h"

namespace evenkeel::daemon {

namespace {

/// At most kMaxDiagnostics.
std::span<const Diagnostic> shown(const std::vector<Diagnostic>& diagnostics) {
  return std::span(diagnostics).first(std::min(diagnostics.size(), kMaxDiagnostics));
}

struct Refusal {
  ErrorCode code;
  const ReloadResult& result;
};
constexpr auto members_of(fields::Of<Refusal>) {
  using fields::member;
  return std::tuple(
      member("code", &Refusal::code),
      member("message", [](const Refusal& refusal) { return refusal.result.message; }),
      member("diagnostics",
             [](const Refusal& refusal) { return shown(refusal.result.diagnostics); }));
}

std::string refusal_line(ErrorCode code, const ReloadResult& result) {
  return last_line(false, "error", Refusal{code, result});
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
  return last_line(true, "generation", result.generation, "configuration", result.config_digest,
                   "operations", result.operations, "instances_changed", result.instances_changed,
                   "message", result.message, "changes", result.changes, "diagnostics",
                   shown(result.diagnostics), "exit_code", code_of(result));
}

std::string text_of(const ReloadResult& result) {
  std::string errors;
  for (const Diagnostic& diagnostic : shown(result.diagnostics)) {
    errors += to_string(diagnostic) + "\n";
  }
  std::string message = result.message + "\n";
  for (const std::string& change : result.changes) message += "  " + change + "\n";
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

std::string silent_reload(const ReloadResult& result) {
  return text_lines({}, {}, code_of(result));
}

}  // namespace evenkeel::daemon
