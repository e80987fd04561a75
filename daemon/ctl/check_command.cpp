// Asks evenkeeld itself, by exec: the program that will load the file is the one that judges it,
// and `evenkeel` stays free of the libraries that reading it takes (they would cost every `evenkeel
// status` several times its own start).

#include "daemon/ctl/check_command.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <variant>
#include <vector>

#include "daemon/ctl/exit_codes.h"
#include "daemon/ctl/output.h"

namespace evenkeel::ctl {

namespace {

using daemon::CommandOption;
using daemon::CommandWords;

constexpr const char* kDaemon = "evenkeeld";
constexpr const char* kInstalledDaemon = "/usr/sbin/evenkeeld";

constexpr std::array kOptions{
    CommandOption{"node", "NAME", "as the node of this name would read it",
                  CommandOption::Use::Field, "node"},
    daemon::socket_option(""),  // taken like everywhere else; no daemon is asked
    daemon::help_option(),
};

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

/// "" where it was not said.
std::string field_of(const daemon::Request& request, std::string_view key) {
  for (const daemon::RequestField& field : request.fields) {
    if (field.key == key) return std::get<std::string>(field.value);
  }
  return "";
}

}  // namespace

extern constexpr CommandWords kCheckWords{
    .name = "check",
    .summary = "is a configuration good?",
    .argument = {"FILE", "file", false},
    .help =
        R"(Checks a configuration without touching anything; every mistake is named as FILE:LINE:COLUMN.

FILE: default /etc/evenkeel/evenkeel.toml)",
    .options = kOptions,
    .exit_status = "0 it is good, 2 it is not."};

int check(const CommandLine& line) {
  const std::string file = field_of(line.request, "file");
  const std::string node = field_of(line.request, "node");
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

}  // namespace evenkeel::ctl
