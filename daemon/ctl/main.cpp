// evenkeel: what people say to the daemon. Picks the subcommand and runs it.

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <getopt.h>
#include <string>
#include <string_view>
#include <unistd.h>

#include "daemon/config/suggestion.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/subcommand.h"
#include "daemon/version.h"

namespace evenkeel::ctl {
namespace {

constexpr std::array<Subcommand, 6> kSubcommands{{
    {"status", "instances, services, real servers and their health", status, true},
    {"vrrp", "all about the instances: state, peers, counters", vrrp, true},
    {"reload", "read the configuration again: all of it, or nothing changes", reload},
    {"failover", "hand instances over to a peer, as planned", failover},
    {"resume", "let instances preempt again after a failover", resume},
    {"check", "is a configuration good?", check},
}};

enum Option { kSocket = 1, kHelp, kVersion };

constexpr std::array<option, 4> kOptions{{{"socket", required_argument, nullptr, kSocket},
                                          {"help", no_argument, nullptr, kHelp},
                                          {"version", no_argument, nullptr, kVersion},
                                          {nullptr, 0, nullptr, 0}}};

std::string help_text() {
  std::string text =
      "usage: evenkeel [--socket PATH] SUBCOMMAND [ARGUMENT...]\n"
      "Talks to evenkeeld, the load balancer on this host.\n\n";
  for (const Subcommand& subcommand : kSubcommands) {
    std::string line = "  " + std::string(subcommand.name);
    line.resize(12, ' ');
    text += line + std::string(subcommand.summary) + "\n";
  }
  text += "\n  --socket PATH    the daemon's control socket; default " +
          std::string(kDefaultSocket) + ";\n                   who may not use that reads by " +
          std::string(kStatusSocket) +
          "\n"
          "  --help           print this; every subcommand has its own\n"
          "  --version        print the version\n\n"
          "See evenkeel(8).\n";
  return text;
}

int refuse(std::string_view written) {
  std::array<std::string_view, kSubcommands.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kSubcommands[i].name;
  std::string message = "unknown subcommand \"" + std::string(written) + "\"";
  const std::string_view near = daemon::nearest_word(written, names);
  if (!near.empty()) message += ": did you mean \"" + std::string(near) + "\"?";
  complain(message);
  return kUsage;
}

/// Whether `option` stands anywhere in the arguments, also where getopt would not look any more
/// (POSIXLY_CORRECT), or would take it for another option's value.
bool is_asked_for(std::string_view option, const Invocation& invocation) {
  for (int i = 1; i < invocation.argc; ++i) {
    const std::string_view word = invocation.argv[i];
    if (word == "--") return false;
    if (word == option) return true;
  }
  return false;
}

int show_version() {
  const std::string line = std::string("evenkeel ") + daemon::kVersion + "\n";
  return Output(STDOUT_FILENO).write(line) ? kDone : kFailed;
}

int show_help(const Subcommand& subcommand, Invocation invocation) {
  std::string option = "--help";
  std::array<char*, 3> words{invocation.argv[0], option.data(), nullptr};
  invocation.argc = 2;
  invocation.argv = words.data();
  return subcommand.run(invocation);
}

/// Who may not command may perhaps read.
std::string default_socket(bool only_reads) {
  const std::string control(kDefaultSocket);
  const std::string status(kStatusSocket);
  const bool is_refused = ::access(control.c_str(), W_OK) != 0 && errno == EACCES;
  return only_reads && is_refused && ::access(status.c_str(), W_OK) == 0 ? status : control;
}

int run_subcommand(Invocation& invocation) {
  const std::string_view written = invocation.argv[0];
  for (const Subcommand& subcommand : kSubcommands) {
    if (subcommand.name != written) continue;
    std::string name = "evenkeel " + std::string(written);
    invocation.argv[0] = name.data();
    optind = 0;  // glibc: getopt begins anew, with another command line
    if (is_asked_for("--help", invocation)) return show_help(subcommand, invocation);
    if (is_asked_for("--version", invocation)) return show_version();
    if (invocation.socket.empty()) invocation.socket = default_socket(subcommand.only_reads);
    return subcommand.run(invocation);
  }
  return refuse(written);
}

int run(int argc, char** argv) {
  Invocation invocation;
  for (;;) {
    switch (getopt_long(argc, argv, "+", kOptions.data(), nullptr)) {
      case kSocket:
        invocation.socket = optarg;
        break;
      case kHelp:
        return Output(STDOUT_FILENO).write(help_text()) ? kDone : kFailed;
      case kVersion:
        return show_version();
      case -1:
        if (optind == argc) {
          (void)Output(STDERR_FILENO).write(help_text());
          return kUsage;
        }
        invocation.argc = argc - optind;
        invocation.argv = argv + optind;
        return run_subcommand(invocation);
      default:
        return kUsage;
    }
  }
}

}  // namespace
}  // namespace evenkeel::ctl

int main(int argc, char** argv) {
  try {
    return evenkeel::ctl::run(argc, argv);
  } catch (const std::exception& error) {
    evenkeel::ctl::complain(error.what());
    return evenkeel::ctl::kUsage;
  }
}
