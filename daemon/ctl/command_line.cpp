#include "daemon/ctl/command_line.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <getopt.h>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/ctl/output.h"

namespace evenkeel::ctl {

namespace {

using daemon::CommandOption;
using daemon::CommandWords;
using Use = CommandOption::Use;

constexpr int kFirstOption = 256;  // what getopt_long returns for the first; no character

std::vector<option> getopt_table(const CommandWords& words) {
  std::vector<option> table;
  for (const CommandOption& each : words.options) {
    const int argument = each.argument[0] == '\0'  ? no_argument
                         : each.argument[0] == '[' ? optional_argument
                                                   : required_argument;
    const int value = kFirstOption + static_cast<int>(table.size());
    table.push_back({each.name, argument, nullptr, value});
  }
  table.push_back({nullptr, 0, nullptr, 0});
  return table;
}

std::optional<std::chrono::seconds> seconds_of(const char* text) {
  constexpr int kDay = 24 * 60 * 60;
  int value = 0;
  const char* const end = text + std::strlen(text);
  const auto result = std::from_chars(text, end, value);
  if (result.ec != std::errc() || result.ptr != end || value < 1 || value > kDay) return {};
  return std::chrono::seconds(value);
}

/// `--watch=5`, `--watch 5`, `--watch`.
bool take_interval(const CommandWords& words, int argc, char** argv, CommandLine& line) {
  line.watch = std::chrono::seconds(2);
  const char* text = optarg;
  const auto is_number = [](const char* word) {
    return *word != '\0' && std::strspn(word, "0123456789") == std::strlen(word);
  };
  if (text == nullptr && optind < argc && is_number(argv[optind])) text = argv[optind++];
  if (text == nullptr) return true;
  line.watch = seconds_of(text);
  if (line.watch) return true;
  complain(std::string(words.name) + ": --watch takes seconds, 1 to 86400, not \"" + text + "\"");
  return false;
}

/// The options that were given, with their arguments, in the places of the words' options.
using Given = std::vector<std::optional<std::string>>;

void take_options(const CommandWords& words, Given given, CommandLine& line) {
  auto& fields = line.request.fields;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const CommandOption& option = words.options[i];
    if (!given[i]) continue;
    if (option.use == Use::Socket) line.socket = *given[i];
    if (option.use != Use::Field) continue;
    const bool is_set = std::any_of(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.key == option.field; });
    if (is_set) continue;
    fields.push_back({std::string(option.field), true});
    if (!option.value.empty()) {
      fields.back().value = std::string(option.value);
    } else if (option.argument[0] != '\0') {
      fields.back().value = *std::move(given[i]);
    }
  }
}

bool take_arguments(const CommandWords& words, std::vector<std::string> written,
                    CommandLine& line) {
  const daemon::CommandArgument& argument = words.argument;
  if (written.empty()) return true;
  const std::string name(words.name);
  if (argument.name.empty()) {
    complain(name + " takes no argument: \"" + written.front() + "\"");
    return false;
  }
  const std::string field(argument.field);
  if (argument.is_list) {
    line.request.fields.push_back({field, std::move(written)});
    return true;
  }
  if (written.size() == 1) {
    line.request.fields.push_back({field, std::move(written.front())});
    return true;
  }
  std::string what(argument.name);
  std::transform(what.begin(), what.end(), what.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  complain(name + " takes one " + what);
  return false;
}

}  // namespace

std::optional<CommandLine> read_command_line(const CommandWords& words, int argc, char** argv) {
  CommandLine line;
  line.request.command = words.name;
  const std::vector<option> table = getopt_table(words);
  Given given(words.options.size());
  optind = 0;  // glibc: getopt begins anew, with another command line
  for (;;) {
    const int found = getopt_long(argc, argv, "", table.data(), nullptr);
    if (found == -1) break;
    if (found < kFirstOption) return std::nullopt;
    const auto index = static_cast<std::size_t>(found - kFirstOption);
    given[index] = optarg == nullptr ? "" : optarg;
    switch (words.options[index].use) {
      case Use::Watch:
        if (!take_interval(words, argc, argv, line)) return std::nullopt;
        break;
      case Use::Help:
        line.wants_help = true;
        return line;
      case Use::Field:
      case Use::Socket:
        break;
    }
  }
  take_options(words, std::move(given), line);
  if (!take_arguments(words, {argv + optind, argv + argc}, line)) return std::nullopt;
  return line;
}

}  // namespace evenkeel::ctl
