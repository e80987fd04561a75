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

void resume(const InstancesRequest& request, const Presentation& wants, Call call) {
  auto names = select_with_groups(*call.commands.snapshot(false), request.instances);
  if (!names) return call.reply(whole_answer(error_line(names.error())));
  // An empty list means all to Commands, too; the names are for the answer.
  call.commands.resume(request.instances.empty() ? std::vector<std::string>{} : *names, call.peer,
                       [reply = std::move(call.reply), names = *names,
                        format = wants.format](const InstanceCommandResult& result) {
                         reply(whole_answer(resume_line(result, names, format)));
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
