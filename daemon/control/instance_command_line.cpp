#include "daemon/control/instance_command_line.h"

#include <string_view>
#include <utility>

#include "daemon/control/protocol.h"
#include "daemon/fields/json_out.h"

namespace evenkeel::daemon {

namespace {

using vrrp::FailoverOutcome;

/// {"ok":true,"instances":[...],"exit_code":0,"more":false}
class Line {
 public:
  void add(std::string_view instance, std::string_view outcome, bool is_done) {
    fields::begin_element(text_);
    text_ += '{';
    fields::append_member(text_, "name", instance);
    fields::append_member(text_, "outcome", outcome);
    text_ += '}';
    is_empty_ = false;
    if (!is_done) has_failed_ = true;
  }

  [[nodiscard]] std::string end() && {
    text_ += ']';
    fields::append_member(text_, "exit_code", is_empty_ || has_failed_ ? 1 : 0);
    fields::append_member(text_, "more", false);
    text_ += "}\n";
    return std::move(text_);
  }

 private:
  std::string text_ = R"({"ok":true,"instances":[)";
  bool is_empty_ = true;
  bool has_failed_ = false;
};

}  // namespace

std::string failover_line(const InstanceCommandResult& result, bool are_named) {
  if (!result.refusal.empty()) return error_line({ErrorCode::Unavailable, result.refusal});
  Line line;
  for (const InstanceCommandResult::Outcome& each : result.outcomes) {
    if (!are_named && each.outcome == FailoverOutcome::NotMaster) continue;
    line.add(each.instance, name(each.outcome), each.outcome == FailoverOutcome::HandedOver);
  }
  return std::move(line).end();
}

std::string resume_line(const InstanceCommandResult& result,
                        const std::vector<std::string>& instances) {
  if (!result.refusal.empty()) return error_line({ErrorCode::Unavailable, result.refusal});
  Line line;
  for (const std::string& instance : instances) line.add(instance, "resumed", true);
  return std::move(line).end();
}

}  // namespace evenkeel::daemon
