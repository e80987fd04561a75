#include "daemon/ctl/help.h"

#include <algorithm>
#include <string_view>

namespace evenkeel::ctl {

namespace {

using daemon::CommandArgument;
using daemon::CommandOption;
using daemon::CommandWords;
using Use = CommandOption::Use;

/// Options of which one counts.
using Alternatives = std::vector<const CommandOption*>;

/// Those of the subcommand itself, in the order of its words.
std::vector<Alternatives> options_of(const CommandWords& words) {
  std::vector<Alternatives> options;
  for (const CommandOption& each : words.options) {
    if (each.use == Use::Socket || each.use == Use::Help) continue;
    const bool is_alternative =
        !options.empty() && each.use == Use::Field && options.back().back()->field == each.field;
    if (!is_alternative) options.emplace_back();
    options.back().push_back(&each);
  }
  return options;
}

/// "--node NAME".
std::string written(const CommandOption& option) {
  std::string text = std::string("--") + option.name;
  if (option.argument[0] != '\0') text.append(" ").append(option.argument);
  return text;
}

std::string usage_of(const CommandWords& words) {
  std::string text = "usage: evenkeel ";
  text += words.name;
  const CommandArgument& argument = words.argument;
  if (!argument.name.empty()) {
    text.append(" [").append(argument.name).append(argument.is_list ? "...]" : "]");
  }
  const auto options = options_of(words);
  if (options.size() > 1) return text + " [OPTION...]\n";
  for (const Alternatives& each : options) text += " [" + written(*each.front()) + "]";
  return text + "\n";
}

std::string option_lines(const CommandWords& words) {
  constexpr std::size_t kGap = 4;
  std::size_t width = 0;
  for (const CommandOption& each : words.options) {
    if (!each.help.empty()) width = std::max(width, written(each).size() + kGap);
  }
  std::string text;
  for (const CommandOption& each : words.options) {
    if (each.help.empty()) continue;
    std::string option = written(each);
    option.resize(width, ' ');
    text.append("  ").append(option).append(each.help).append("\n");
  }
  return text;
}

std::string with_minus_signs(std::string_view text) {
  std::string result;
  for (const char c : text) result.append(c == '-' ? "\\-" : std::string(1, c));
  return result;
}

/// ".RB [ \-\-stats | \-\-rate ]"; an argument is on a line of its own.
std::string manual_option(const Alternatives& alternatives) {
  std::string text = ".RB [";
  for (const CommandOption* each : alternatives) {
    if (each != alternatives.front()) text += " |";
    text += " " + with_minus_signs(std::string("--") + each->name);
  }
  const std::string_view argument = alternatives.front()->argument;
  if (argument.empty()) return text + " ]\n";
  if (!argument.starts_with('[')) return text + "\n.IR " + std::string(argument) + " ]\n";
  return text + "\n.RI [ " + std::string(argument.substr(1, argument.size() - 2)) + " ]]\n";
}

}  // namespace

std::string help_of(const CommandWords& words) {
  std::string text = usage_of(words);
  text.append(words.help).append("\n\n").append(option_lines(words));
  return text.append("\nExit status: ").append(words.exit_status).append("\n");
}

std::string summaries(const Subcommands& subcommands) {
  constexpr std::size_t kWidth = 12;
  std::string text;
  for (const CommandWords* words : subcommands) {
    std::string line = "  " + std::string(words->name);
    line.resize(kWidth, ' ');
    text.append(line).append(words->summary).append("\n");
  }
  return text;
}

std::string manual_synopsis(const Subcommands& subcommands) {
  std::string text;
  for (const CommandWords* words : subcommands) {
    text.append(".br\n.B evenkeel ").append(words->name).append("\n");
    if (!words->argument.name.empty()) {
      text.append(".RI [ ").append(words->argument.name);
      text += words->argument.is_list ? " ...]\n" : " ]\n";
    }
    for (const Alternatives& each : options_of(*words)) text += manual_option(each);
  }
  return text;
}

}  // namespace evenkeel::ctl
