// Help and the manual's synopsis, from the subcommands' words.
//
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/control/command_words.h"

namespace evenkeel::ctl {

/// Options of `evenkeel` itself, without their dashes.
constexpr const char *kSocketOption = "socket", *kHelpOption = "help", *kVersionOption = "version";
/// Words in place of a subcommand, for who is used to them.
constexpr std::string_view kHelpWord = "help", kVersionWord = "version";

using Subcommands = std::vector<const daemon::CommandWords*>;

/// What `evenkeel SUBCOMMAND --help` prints.
[[nodiscard]] std::string help_of(const daemon::CommandWords& words);

/// A line for each, as `evenkeel --help` has them.
[[nodiscard]] std::string summaries(const Subcommands& subcommands);

/// The lines of evenkeel(8), in the language of man(7).
[[nodiscard]] std::string manual_synopsis(const Subcommands& subcommands);

}  // namespace evenkeel::ctl
