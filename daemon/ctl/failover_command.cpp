// evenkeel failover, evenkeel resume: hand instances over to a peer as planned, and let them
// preempt again.

#include <array>
#include <chrono>
#include <getopt.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "daemon/control/protocol.h"
#include "daemon/ctl/answer_line.h"
#include "daemon/ctl/connection.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/subcommand.h"

namespace evenkeel::ctl {

namespace {

constexpr std::chrono::seconds kPatience{75};  // a hand-over takes 60 s at most

constexpr const char* kFailoverHelp =
    R"(usage: evenkeel failover [INSTANCE...] [--json]
Hands instances over to a peer, as planned: this node keeps the addresses until the peer has taken them over.
After that it does not preempt until `evenkeel resume`, or until the peer fails. Where no peer answers it stays
master. The other members of an instance's sync group go with it.

INSTANCE is a name; default: every one that is master on this node.

  --json           one JSON document, for programs
  --socket PATH    the daemon's control socket
  --help           print this

Exit status: 0 every one was handed over, 1 not all of them, or none is master, or no daemon answers.
)";

constexpr const char* kResumeHelp =
    R"(usage: evenkeel resume [INSTANCE...] [--json]
Lets instances preempt again that do not since `evenkeel failover`, or since they gave up.

INSTANCE is a name, and means all members of its sync group; default: all.

  --json           one JSON document, for programs
  --socket PATH    the daemon's control socket
  --help           print this

Exit status: 0 done, 1 it is not: no such instance, no daemon answers.
)";

enum Option { kJson = 1, kSocket, kHelpOption };

constexpr std::array<option, 4> kOptions{{{"json", no_argument, nullptr, kJson},
                                          {"socket", required_argument, nullptr, kSocket},
                                          {"help", no_argument, nullptr, kHelpOption},
                                          {nullptr, 0, nullptr, 0}}};

struct Wish {
  std::string socket;
  bool json = false;
  std::vector<std::string> instances;
};

/// False when there is nothing to ask; then `code` is the exit code.
bool take_arguments(const Invocation& invocation, const char* help, Wish& wish, int& code) {
  wish.socket = invocation.socket;
  for (;;) {
    switch (getopt_long(invocation.argc, invocation.argv, "", kOptions.data(), nullptr)) {
      case kJson:
        wish.json = true;
        break;
      case kSocket:
        wish.socket = optarg;
        break;
      case kHelpOption:
        code = Output(STDOUT_FILENO).write(help) ? kDone : kFailed;
        return false;
      case -1:
        wish.instances.assign(invocation.argv + optind, invocation.argv + invocation.argc);
        return true;
      default:
        code = kUsage;
        return false;
    }
  }
}

/// The line without what makes it one of the protocol: a document.
std::string document_of(std::string_view line) {
  constexpr std::string_view kPrefix = R"({"ok":true,)";
  constexpr std::string_view kSuffix = R"(,"more":false})";
  if (!line.starts_with(kPrefix) || !line.ends_with(kSuffix)) return std::string(line) + "\n";
  line.remove_prefix(kPrefix.size());
  line.remove_suffix(kSuffix.size());
  return "{" + std::string(line) + "}\n";
}

std::string_view words(std::string_view outcome) {
  if (outcome == "handed_over") return "handed over";
  if (outcome == "nobody_answered") return "no peer answered, still master";
  if (outcome == "not_master") return "not master here";
  if (outcome == "unknown") return "there is no such instance";
  if (outcome == "resumed") return "not held any more";
  return outcome;
}

std::string text_of(const InstancesLine& answer) {
  std::string text;
  std::vector<std::string> handed_over;
  for (const InstancesLine::Outcome& each : answer.outcomes) {
    text += each.instance + ": " + std::string(words(each.outcome)) + "\n";
    if (each.outcome == "handed_over") handed_over.push_back(each.instance);
  }
  if (handed_over.size() == 1) {
    text += handed_over.front() +
            " does not preempt until `evenkeel resume`, or until the peer fails\n";
  } else if (!handed_over.empty()) {
    text += "they do not preempt until `evenkeel resume`, or until the peer fails\n";
  }
  return text;
}

/// `nobody`: what to say when there was no instance to do it to.
int perform(const Wish& wish, const daemon::Request& request, const std::string& command,
            const std::string& nobody) {
  const auto line = ask(wish.socket, daemon::encode(request), kPatience);
  if (!line) {
    complain(line.error());
    return kFailed;
  }
  const auto answer = parse_instances_line(*line);
  if (!answer) {
    complain(command + ": " + answer.error().message);
    return kFailed;
  }
  if (wish.json) {
    return Output(STDOUT_FILENO).write(document_of(*line)) ? answer->exit_code : kFailed;
  }
  if (answer->outcomes.empty()) complain(nobody);
  return Output(STDOUT_FILENO).write(text_of(*answer)) ? answer->exit_code : kFailed;
}

}  // namespace

int failover(const Invocation& invocation) {
  Wish wish;
  int code = kUsage;
  if (!take_arguments(invocation, kFailoverHelp, wish, code)) return code;
  return perform(wish, daemon::FailoverRequest{wish.instances}, "failover",
                 "no instance is master on this node");
}

int resume(const Invocation& invocation) {
  Wish wish;
  int code = kUsage;
  if (!take_arguments(invocation, kResumeHelp, wish, code)) return code;
  return perform(wish, daemon::ResumeRequest{wish.instances}, "resume",
                 "there is no instance on this node");
}

}  // namespace evenkeel::ctl
