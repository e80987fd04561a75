// evenkeel vrrp: all about the instances.

#include <array>
#include <getopt.h>
#include <string>
#include <unistd.h>

#include "daemon/control/protocol.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/status_answer.h"
#include "daemon/ctl/subcommand.h"

namespace evenkeel::ctl {

namespace {

constexpr int kDown = 2;  // as for status: no daemon is no service

constexpr const char* kHelp =
    R"(usage: evenkeel vrrp [INSTANCE...] [--json]
Shows all about the instances: state and why, what they advertise in tcpdump's words, the peers they hear,
transitions, what was sent, received and dropped, and how late their timers were.

INSTANCE is a name; default: all.

  --json           one JSON document, for programs
  --socket PATH    the daemon's control socket; status.sock answers too
  --help           print this

Exit status: 0 Master or Backup, 1 stale, or an address refused or not ours, 2 an instance is in Initialize or no daemon answers.
)";

enum Option { kJson = 1, kSocket, kHelpOption };

constexpr std::array<option, 4> kOptions{{{"json", no_argument, nullptr, kJson},
                                          {"socket", required_argument, nullptr, kSocket},
                                          {"help", no_argument, nullptr, kHelpOption},
                                          {nullptr, 0, nullptr, 0}}};

int perform(const std::string& socket, const daemon::VrrpRequest& request) {
  Output output(STDOUT_FILENO, true);  // as `status`
  const auto shown = show_vrrp(socket, request, output);
  if (shown && output.flush()) return *shown;
  complain(shown ? "cannot write the answer" : shown.error());
  return kDown;
}

}  // namespace

int vrrp(const Invocation& invocation) {
  std::string socket = invocation.socket;
  daemon::VrrpRequest request;
  request.format = daemon::StatusFormat::Text;
  for (;;) {
    switch (getopt_long(invocation.argc, invocation.argv, "", kOptions.data(), nullptr)) {
      case kJson:
        request.format = daemon::StatusFormat::Json;
        break;
      case kSocket:
        socket = optarg;
        break;
      case kHelpOption:
        return Output(STDOUT_FILENO).write(kHelp) ? kDone : kFailed;
      case -1:
        request.instances.assign(invocation.argv + optind, invocation.argv + invocation.argc);
        request.color = request.format == daemon::StatusFormat::Text && wants_color(STDOUT_FILENO);
        return perform(socket, request);
      default:
        return kUsage;
    }
  }
}

}  // namespace evenkeel::ctl
