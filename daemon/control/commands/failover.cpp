// {"command":"failover",       control.sock only
//  "instances":["web"]}        names, each with all members of its sync group; absent = every one
//                              that is Master
// Answer: instance_command_line.h; it may take a minute.

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "daemon/control/handler.h"
#include "daemon/control/instance_command_line.h"
#include "daemon/control/instance_selection.h"

namespace evenkeel::daemon {

namespace {

void failover(const InstancesRequest& request, const Presentation& wants, Call call) {
  const bool are_named = !request.instances.empty();
  std::vector<std::string> names;
  if (are_named) {
    auto known = select_with_groups(*call.commands.snapshot(false), request.instances);
    if (!known) return call.reply(whole_answer(error_line(known.error())));
    names = *std::move(known);
  }
  call.commands.failover(std::move(names), call.peer,
                         [reply = std::move(call.reply), are_named,
                          format = wants.format](const InstanceCommandResult& result) {
                           reply(whole_answer(failover_line(result, are_named, format)));
                         });
}

constexpr std::array kOptions{json_option(), socket_option(), help_option()};

constexpr CommandWords kWords{
    .name = "failover",
    .summary = "hand instances over to a peer, as planned",
    .argument = {"INSTANCE", "instances"},
    .help =
        R"(Hands instances over to a peer, as planned: this node keeps the addresses until the peer has taken them over.
After that it does not preempt until `evenkeel resume`, or until the peer fails. Where no peer answers it stays
master. The other members of an instance's sync group go with it.

INSTANCE is a name; default: every one that is master on this node.)",
    .options = kOptions,
    .exit_status =
        R"(0 every one was handed over, 1 not all of them, or none is master, or no daemon answers.)"};

}  // namespace

extern constexpr CommandRow kFailoverRow =
    command_row<&failover>(kWords, Access::Write, kInstancePatience);

}  // namespace evenkeel::daemon
