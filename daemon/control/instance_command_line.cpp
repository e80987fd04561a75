#include "daemon/control/instance_command_line.h"

#include <algorithm>
#include <string_view>

#include "daemon/control/answer_json.h"

namespace evenkeel::daemon {

namespace {

using vrrp::FailoverOutcome;

/// An instance, and what came of it: for programs, for people.
struct Shown {
  std::string_view name;
  std::string_view outcome;
  std::string_view text;
  bool is_done;
};
constexpr auto members_of(fields::Of<Shown>) {
  return std::tuple(fields::member("name", &Shown::name),
                    fields::member("outcome", &Shown::outcome));
}

int code_of(const std::vector<Shown>& instances) {
  const bool are_done = std::all_of(instances.begin(), instances.end(),
                                    [](const Shown& each) { return each.is_done; });
  return are_done && !instances.empty() ? 0 : 1;
}

/// `nobody`: what to say of no instance; `note`: what follows the others, in text.
std::string lines_of(const std::vector<Shown>& instances, Format format, std::string_view nobody,
                     std::string_view note) {
  std::string json = last_line(true, "instances", instances, "exit_code", code_of(instances));
  if (format == Format::Json) return json;
  if (format == Format::Document) return text_lines({}, document_of(json), code_of(instances));
  std::string errors;
  if (instances.empty()) errors.append("evenkeel: ").append(nobody).append("\n");
  std::string output;
  for (const Shown& each : instances) {
    output.append(each.name).append(": ").append(each.text).append("\n");
  }
  return text_lines(errors, output.append(note), code_of(instances));
}

/// What an operator has to know of those that were handed over.
std::string note_of(const std::vector<Shown>& instances) {
  std::string who;
  for (const Shown& each : instances) {
    if (each.is_done) who = who.empty() ? std::string(each.name) + " does" : "they do";
  }
  if (who.empty()) return "";
  return who + " not preempt until `evenkeel resume`, or until the peer fails\n";
}

}  // namespace

std::string failover_line(const InstanceCommandResult& result, bool are_named, Format format) {
  if (!result.refusal.empty()) return error_line({ErrorCode::Unavailable, result.refusal});
  std::vector<Shown> shown;
  for (const InstanceCommandResult::Outcome& each : result.outcomes) {
    if (!are_named && each.outcome == FailoverOutcome::NotMaster) continue;
    shown.push_back({each.instance, name(each.outcome), to_string(each.outcome),
                     each.outcome == FailoverOutcome::HandedOver});
  }
  return lines_of(shown, format, "no instance is master on this node", note_of(shown));
}

std::string resume_line(const InstanceCommandResult& result, const std::vector<Resumed>& instances,
                        Format format) {
  if (!result.refusal.empty()) return error_line({ErrorCode::Unavailable, result.refusal});
  std::vector<Shown> shown;
  shown.reserve(instances.size());
  for (const Resumed& each : instances) {
    shown.push_back(each.was_held ? Shown{each.name, "resumed", "not held any more", true}
                                  : Shown{each.name, "not_held", "was not held", true});
  }
  return lines_of(shown, format, "there is no instance on this node", "");
}

}  // namespace evenkeel::daemon
