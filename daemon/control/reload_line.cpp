#include <algorithm>
#include <span>
#include <string_view>

#include "daemon/control/commands.h"
#include "daemon/control/protocol.h"
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
  fields::append_member(out, "generation", result.generation);
  fields::append_member(out, "configuration", result.config_digest);
  fields::append_member(out, "operations", result.operations);
  fields::append_member(out, "instances_changed", result.instances_changed);
  fields::append_member(out, "message", result.message);
  fields::append_member(out, "diagnostics", shown(result.diagnostics));
  fields::append_member(out, "exit_code", result.is_complete ? 0 : 1);
  out += ",\"more\":false}\n";
  return out;
}

}  // namespace evenkeel::daemon
