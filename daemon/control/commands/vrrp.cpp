// {"command":"vrrp",           control.sock and status.sock
//  "instances":["web"]}        names; absent = all
// Answers: vrrp_answer.h, vrrp_text.h. Exit code: 0 all well, 1 degraded, 2 down, of what was
// selected.

#include <array>
#include <utility>

#include "daemon/control/handler.h"
#include "daemon/control/instance_selection.h"
#include "daemon/control/vrrp_answer.h"

namespace evenkeel::daemon {

namespace {

void show_instances(const InstancesRequest& request, const Presentation& wants, Call call) {
  const auto snapshot = call.commands.snapshot(false);
  auto instances = select_instances(*snapshot, request.instances);
  if (!instances) return call.reply(whole_answer(error_line(instances.error())));
  const int code = exit_code(*instances);
  call.reply(vrrp_answer(snapshot, *std::move(instances), wants, code));
}

constexpr std::array kOptions{
    json_option(),
    socket_option("the daemon's control socket; status.sock answers too"),
    help_option(),
};

constexpr CommandWords kWords{
    .name = "vrrp",
    .summary = "all about the instances: state, peers, counters",
    .argument = {"INSTANCE", "instances"},
    .help =
        R"(Shows all about the instances: state and why, what they advertise in tcpdump's words, the peers they hear,
transitions, what was sent, received and dropped, and how late their timers were.

INSTANCE is a name; default: all.)",
    .options = kOptions,
    .exit_status =
        R"(0 Master or Backup, 1 stale, an address refused or not ours, or a hook that failed, 2 an instance is in Initialize or no daemon answers.)"};

}  // namespace

extern constexpr CommandRow kVrrpRow =
    command_row<&show_instances>(kWords, Access::Read, std::chrono::seconds(10));

}  // namespace evenkeel::daemon
