#include "daemon/ctl/completion.h"

#include <string_view>

namespace evenkeel::ctl {

namespace {

std::string words_for(std::string_view command, std::string_view words, bool takes_files = false) {
  std::string text = "    ";
  text.append(command).append(") words=\"").append(words).append("\"");
  return text.append(takes_files ? "; compopt -o default ;;\n" : " ;;\n");
}

std::string option_words(const daemon::CommandWords& words) {
  std::string text;
  for (const daemon::CommandOption& option : words.options) {
    if (option.help.empty()) continue;
    if (!text.empty()) text += " ";
    text.append("--").append(option.name);
  }
  return text;
}

}  // namespace

std::string completion_rows(const Subcommands& subcommands) {
  std::string names;
  for (const daemon::CommandWords* each : subcommands) {
    names.append(names.empty() ? "" : " ").append(each->name);
  }
  std::string text;
  std::string first;
  for (const std::string_view option : {kSocketOption, kHelpOption, kVersionOption}) {
    first.append("--").append(option).append(" ");
  }
  first.append(kHelpWord).append(" ").append(kVersionWord).append(" ").append(names);
  text += words_for("\"\"", first);
  text += words_for(kHelpWord, names);
  for (const daemon::CommandWords* each : subcommands) {
    text += words_for(each->name, option_words(*each), each->argument.name == "FILE");
  }
  return text;
}

}  // namespace evenkeel::ctl
