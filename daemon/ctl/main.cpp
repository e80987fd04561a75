// evenkeel: what people say to the daemon. Picks the subcommand and runs it.

#include <array>
#include <cerrno>
#include <cstdio>
#include <exception>
#include <getopt.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include "daemon/config/suggestion.h"
#include "daemon/control/command_rows.h"
#include "daemon/ctl/ask.h"
#include "daemon/ctl/check_command.h"
#include "daemon/ctl/command_line.h"
#include "daemon/ctl/exit_codes.h"
#include "daemon/ctl/help.h"
#include "daemon/ctl/output.h"
#include "daemon/ctl/subcommands.h"
#include "daemon/version.h"

namespace evenkeel::ctl {
namespace {

using daemon::Access;
using daemon::CommandRow;
using daemon::CommandWords;

constexpr std::string_view kDefaultSocket = "/run/evenkeel/control.sock";
/// For those who may only read.
constexpr std::string_view kStatusSocket = "/run/evenkeel/status.sock";

enum Option { kSocket = 1, kHelp, kVersion };

constexpr std::array<option, 4> kOptions{{{kSocketOption, required_argument, nullptr, kSocket},
                                          {kHelpOption, no_argument, nullptr, kHelp},
                                          {kVersionOption, no_argument, nullptr, kVersion},
                                          {nullptr, 0, nullptr, 0}}};

std::string help_text() {
  std::string text =
      "usage: evenkeel [--socket PATH] SUBCOMMAND [ARGUMENT...]\n"
      "Talks to evenkeeld, the load balancer on this host.\n\n";
  text += summaries(all_subcommands());
  text += "  help [SUBCOMMAND], version\n";
  text += "\n  --socket PATH    the daemon's control socket; default " +
          std::string(kDefaultSocket) + ";\n                   who may not use that reads by " +
          std::string(kStatusSocket) +
          "\n"
          "  -h, --help       print this; every subcommand has its own\n"
          "  --version        print the version\n\n"
          "See evenkeel(8).\n";
  return text;
}

/// After the message of a mistake in the command line.
int point_to_help(std::string_view subcommand) {
  std::string text = "Try \"evenkeel ";
  if (!subcommand.empty()) text.append(subcommand).append(" ");
  (void)Output(STDERR_FILENO).write(text + "--help\".\n");
  return kUsage;
}

int refuse(std::string_view written) {
  std::vector<std::string_view> names{kHelpWord, kVersionWord};
  for (const CommandWords* words : all_subcommands()) names.push_back(words->name);
  std::string message = "unknown subcommand \"" + std::string(written) + "\"";
  const std::string_view near = daemon::nearest_word(written, names);
  if (!near.empty()) message += ": did you mean \"" + std::string(near) + "\"?";
  complain(message);
  return point_to_help("");
}

struct Invocation {
  std::string socket;  ///< "" = not said yet
  int argc = 0;
  char** argv = nullptr;
};

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

int print(std::string_view text) {
  return Output(STDOUT_FILENO).write(text) ? kDone : kFailed;
}

int show_version() {
  return print(std::string("evenkeel ") + daemon::kVersion + "\n");
}

/// Who may not command may perhaps read.
std::string default_socket(Access access) {
  const std::string control(kDefaultSocket);
  const std::string status(kStatusSocket);
  const bool is_refused = ::access(control.c_str(), W_OK) != 0 && errno == EACCES;
  const bool reads = access == Access::Read && is_refused && ::access(status.c_str(), W_OK) == 0;
  return reads ? status : control;
}

/// `row`: nullptr: no daemon is asked.
int run_subcommand(const CommandWords& words, const CommandRow* row, Invocation& invocation) {
  if (is_asked_for("--help", invocation) || is_asked_for("-h", invocation)) {
    return print(help_of(words));
  }
  if (is_asked_for("--version", invocation)) return show_version();
  std::string name = "evenkeel " + std::string(words.name);
  invocation.argv[0] = name.data();
  auto line = read_command_line(words, invocation.argc, invocation.argv);
  if (!line) return point_to_help(words.name);
  if (line->wants_help) return print(help_of(words));
  if (row == nullptr) return check(*line);
  if (invocation.socket.empty()) invocation.socket = default_socket(row->access);
  const std::string socket = line->socket.value_or(invocation.socket);
  return ask(*row, socket, *std::move(line));
}

/// `evenkeel help [SUBCOMMAND]`.
int help(const Invocation& invocation) {
  if (invocation.argc < 2) return print(help_text());
  const std::string_view about = invocation.argv[1];
  if (about == kHelpWord || about == kVersionWord || about == "--help") return print(help_text());
  for (const CommandWords* words : all_subcommands()) {
    if (words->name == about) return print(help_of(*words));
  }
  return refuse(about);
}

int run_subcommand(Invocation& invocation) {
  const std::string_view written = invocation.argv[0];
  if (written == kHelpWord) return help(invocation);
  if (written == kVersionWord) return show_version();
  if (written == kCheckWords.name) return run_subcommand(kCheckWords, nullptr, invocation);
  const auto row = daemon::find_command(written);
  return row ? run_subcommand((*row)->words, *row, invocation) : refuse(written);
}

int run(int argc, char** argv) {
  Invocation invocation;
  for (;;) {
    switch (getopt_long(argc, argv, "+h", kOptions.data(), nullptr)) {
      case kSocket:
        invocation.socket = optarg;
        break;
      case kHelp:
      case 'h':
        return print(help_text());
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
        return point_to_help("");
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
