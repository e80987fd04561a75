// evenkeel check: is this configuration good?
//
// Asks evenkeeld itself, by exec: the program that will load the file is the one that judges it,
// and `evenkeel` stays free of the libraries that reading it takes (they would cost every `evenkeel
// status` several times its own start).

#include <array>
#include <cerrno>
#include <filesystem>
#include <getopt.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "daemon/ctl/output.h"
#include "daemon/ctl/subcommand.h"

namespace evenkeel::ctl {

namespace {

constexpr const char* kDaemon = "evenkeeld";
constexpr const char* kInstalledDaemon = "/usr/sbin/evenkeeld";

constexpr const char* kHelp =
    R"(usage: evenkeel check [FILE] [--node NAME]
Checks a configuration without touching anything; every mistake is named as FILE:LINE:COLUMN.

FILE: default /etc/evenkeel/evenkeel.toml

  --node NAME    as the node of this name would read it
  --help         print this

Exit status: 0 it is good, 2 it is not.
)";

enum Option { kNode = 1, kSocket, kHelpOption };

constexpr std::array<option, 4> kOptions{{{"node", required_argument, nullptr, kNode},
                                          {"socket", required_argument, nullptr, kSocket},
                                          {"help", no_argument, nullptr, kHelpOption},
                                          {nullptr, 0, nullptr, 0}}};

/// The one beside us or in the sbin beside our bin, so that a build, another prefix or an unpacked
/// package uses its own.
std::string daemon_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    const auto directory = self.parent_path();
    for (const auto& ours : {directory / kDaemon, directory.parent_path() / "sbin" / kDaemon}) {
      if (::access(ours.c_str(), X_OK) == 0) return ours;
    }
  }
  return kInstalledDaemon;
}

int become_daemon_check(const std::string& file, const std::string& node) {
  const std::string program = daemon_program();
  std::vector<std::string> words{kDaemon, file.empty() ? "--check" : "--check=" + file};
  if (!node.empty()) words.push_back("--node=" + node);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(program.c_str(), arguments.data());
  complain("cannot run " + program + ": " + std::generic_category().message(errno));
  return kFailed;
}

}  // namespace

int check(const Invocation& invocation) {
  std::string node;
  for (;;) {
    switch (getopt_long(invocation.argc, invocation.argv, "", kOptions.data(), nullptr)) {
      case kNode:
        node = optarg;
        break;
      case kSocket:  // taken like everywhere else; no daemon is asked
        break;
      case kHelpOption:
        return Output(STDOUT_FILENO).write(kHelp) ? kDone : kFailed;
      case -1: {
        if (invocation.argc - optind > 1) {
          complain("check takes one file");
          return kUsage;
        }
        return become_daemon_check(optind < invocation.argc ? invocation.argv[optind] : "", node);
      }
      default:
        return kUsage;
    }
  }
}

}  // namespace evenkeel::ctl
