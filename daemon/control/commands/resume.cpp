// {"command":"resume",         control.sock only
//  "instances":["web"]}        names, each with all members of its sync group; absent = all
// Answer: instance_command_line.h.

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "daemon/control/handler.h"
#include "daemon/control/instance_command_line.h"
#include "daemon/control/instance_selection.h"

namespace evenkeel::daemon {

namespace {

/// With what the status says before.
std::vector<Resumed> to_resume(const Snapshot& snapshot, const std::vector<std::string>& names) {
  std::vector<Resumed> result;
  auto next = names.begin();  // in the order of the snapshot
  for (const InstanceSnapshot& instance : snapshot.instances) {
    if (next == names.end() || instance.config.name != *next) continue;
    result.push_back({instance.config.name, instance.status.is_held});
    ++next;
  }
  return result;
}

void resume(const InstancesRequest& request, const Presentation& wants, Call call) {
  const auto snapshot = call.commands.snapshot(false);
  const auto names = select_with_groups(*snapshot, request.instances);
  if (!names) return call.reply(whole_answer(error_line(names.error())));
  // An empty list means all to Commands, too; the names are for the answer.
  call.commands.resume(request.instances.empty() ? std::vector<std::string>{} : *names, call.peer,
                       [reply = std::move(call.reply), resumed = to_resume(*snapshot, *names),
                        format = wants.format](const InstanceCommandResult& result) {
                         reply(whole_answer(resume_line(result, resumed, format)));
                       });
}

constexpr std::array kOptions{json_option(), socket_option(), help_option()};

constexpr CommandWords kWords{
    .name = "resume",
    .summary = "let instances preempt again after a failover",
    .argument = {"INSTANCE", "instances"},
    .help =
        R"(Lets instances preempt again that do not since `evenkeel failover`, or since they gave up.

INSTANCE is a name, and means all members of its sync group; default: all.)",
    .options = kOptions,
    .exit_status = R"(0 done, 1 it is not: no such instance, no daemon answers.)"};

}  // namespace

extern constexpr CommandRow kResumeRow =
    command_row<&resume>(kWords, Access::Write, kInstancePatience);

}  // namespace evenkeel::daemon
