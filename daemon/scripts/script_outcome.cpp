#include "daemon/scripts/script_outcome.h"

#include <algorithm>
#include <string>
#include <utility>

#include "daemon/config/diagnostics.h"
#include "daemon/spawner/user_program.h"

namespace evenkeel::daemon {

using checks::Reason;

namespace {

constexpr int kFirstWeight = 2;  ///< the exit status that is weight 0

/// What the reason does not say: "3: no route to the database".
std::string detail_of(const RunEnded& ended) {
  const std::string line = printable(ended.last_line);
  std::string detail;
  switch (ended.how) {
    case RunEnd::Exit:
    case RunEnd::Signal:
      detail = std::to_string(ended.number);
      break;
    case RunEnd::CannotRun:
    case RunEnd::Lost:
    case RunEnd::CutOff:
    case RunEnd::Withdrawn:
      detail = to_string(ended);
      break;
    case RunEnd::Deadline:
      return line.substr(0, checks::kMaxDetail);
  }
  if (!line.empty()) detail += ": " + line;
  return detail.substr(0, checks::kMaxDetail);
}

}  // namespace

Program program_of(const checks::Check& check, const User& user) {
  const auto& script = std::get<checks::ScriptCheck>(check.probe);
  Program program = user_program(script.command, user, check.timeout);
  program.may_gain_privileges = script.setuid;
  const auto add = [&](Variable variable, const std::string& value) {
    if (!value.empty()) {
      program.environment.push_back(std::string(name(variable)) + "=" + value);
    }
  };
  add(Variable::Service, script.service);
  add(Variable::RealServer, script.real_server);
  add(Variable::Address, check.address.to_string());
  add(Variable::Port, std::to_string(check.port));
  add(Variable::Protocol, script.protocol);
  return program;
}

ScriptOutcome outcome_of(checks::CheckId id, const checks::ScriptCheck& script,
                         const RunEnded& ended) {
  ScriptOutcome result{.outcome = {.id = id, .detail = detail_of(ended), .latency = ended.duration},
                       .weight = {}};
  Reason& reason = result.outcome.reason;
  switch (ended.how) {
    case RunEnd::Exit:
      if (script.dynamic_weight && ended.number >= kFirstWeight) {
        result.weight = static_cast<std::uint32_t>(ended.number - kFirstWeight);
      }
      reason = ended.number == 0 || result.weight ? Reason::Passed : Reason::ScriptExit;
      if (reason == Reason::Passed) {
        const std::string status = "exit status " + std::to_string(ended.number);
        result.outcome.detail =
            result.weight ? "weight " + std::to_string(*result.weight) + " (" + status + ")"
                          : status;
      }
      break;
    case RunEnd::Signal:
      reason = Reason::ScriptSignal;
      break;
    case RunEnd::Deadline:
      reason = Reason::Deadline;
      break;
    case RunEnd::CannotRun:
    case RunEnd::Lost:
    case RunEnd::CutOff:
    case RunEnd::Withdrawn:
      reason = Reason::LocalError;
      break;
  }
  return result;
}

}  // namespace evenkeel::daemon
