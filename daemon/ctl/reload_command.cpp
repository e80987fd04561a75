// evenkeel reload: the daemon reads its configuration again; all of it comes into force, or
// nothing.

#include <array>
#include <chrono>
#include <getopt.h>
#include <string>
#include <unistd.h>

#include "daemon/control/protocol.h"
#include "daemon/ctl/answer_line.h"
#include "daemon/ctl/connection.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/subcommand.h"

namespace evenkeel::ctl {

namespace {

constexpr std::chrono::seconds kPatience{120};  // the largest configurations, on the slowest hosts

constexpr const char* kHelp =
    R"(usage: evenkeel reload [--force]
Has the daemon read its configuration again. With a mistake in it nothing changes, and every mistake is named.

  --force          even if it takes more away than [ipvs] max_removals allows
  --socket PATH    the daemon's control socket
  --help           print this

Exit status: 0 the configuration is in force, 1 it is not, or not all of it (no daemon answers, too many
removals, another reload is under way, an interface is missing, the kernel refuses a service), 2 the
configuration is bad.
)";

enum Option { kForce = 1, kSocket, kHelpOption };

constexpr std::array<option, 4> kOptions{{{"force", no_argument, nullptr, kForce},
                                          {"socket", required_argument, nullptr, kSocket},
                                          {"help", no_argument, nullptr, kHelpOption},
                                          {nullptr, 0, nullptr, 0}}};

void print(const std::vector<daemon::Diagnostic>& diagnostics) {
  std::string text;
  for (const daemon::Diagnostic& diagnostic : diagnostics) text += line_of(diagnostic) + "\n";
  (void)Output(STDERR_FILENO).write(text);
}

int perform(const std::string& socket, const daemon::ReloadRequest& request) {
  const auto line = ask(socket, daemon::encode(request), kPatience);
  if (!line) {
    complain(line.error());
    return kFailed;
  }
  const auto answer = parse_reload_line(*line);
  if (!answer) {
    print(answer.error().diagnostics);
    complain("reload: " + answer.error().message);
    return answer.error().code == name(daemon::ErrorCode::BadConfiguration) ? kUsage : kFailed;
  }
  print(answer->diagnostics);
  if (!Output(STDOUT_FILENO).write(answer->message + "\n")) return kFailed;
  return answer->exit_code == 0 ? kDone : kFailed;
}

}  // namespace

int reload(const Invocation& invocation) {
  std::string socket = invocation.socket;
  daemon::ReloadRequest request;
  for (;;) {
    switch (getopt_long(invocation.argc, invocation.argv, "", kOptions.data(), nullptr)) {
      case kForce:
        request.force = true;
        break;
      case kSocket:
        socket = optarg;
        break;
      case kHelpOption:
        return Output(STDOUT_FILENO).write(kHelp) ? kDone : kFailed;
      case -1:
        if (optind == invocation.argc) return perform(socket, request);
        complain("reload takes no argument: \"" + std::string(invocation.argv[optind]) + "\"");
        return kUsage;
      default:
        return kUsage;
    }
  }
}

}  // namespace evenkeel::ctl
