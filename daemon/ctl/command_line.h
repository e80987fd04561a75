// What was written behind `evenkeel SUBCOMMAND`, by the subcommand's words.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "daemon/control/command_words.h"
#include "daemon/control/protocol.h"

namespace evenkeel::ctl {

struct CommandLine {
  daemon::Request request;
  std::optional<std::string> socket;
  std::optional<std::chrono::seconds> watch;
  bool wants_help = false;  ///< then nothing else counts
};

/// argv[0] is "evenkeel SUBCOMMAND": getopt puts it before its messages. Nothing: a mistake, which
/// was named on standard error.
[[nodiscard]] std::optional<CommandLine> read_command_line(const daemon::CommandWords& words,
                                                           int argc, char** argv);

}  // namespace evenkeel::ctl
