#include "daemon/config/value.h"
#include "daemon/spawner/program.h"

namespace evenkeel::daemon {
namespace {

constexpr std::string_view kOneExpected =
    "the path of a program and its arguments, [\"/etc/evenkeel/notify\", \"web\"]";
constexpr std::string_view kExpected =
    "the path of a program and its arguments, [\"/etc/evenkeel/notify\", \"web\"], or an array of "
    "such arrays";

std::optional<std::string> read_argument(const Value& value, bool is_file,
                                         Diagnostics& diagnostics) {
  const auto* const string = value.node->as_string();
  if (!string) return report_mismatch(value, kOneExpected, diagnostics);
  const std::string& text = string->get();
  if (text.find('\0') != std::string::npos) {
    return diagnostics.error(value.place, value.name() + ": no argument can have a NUL");
  }
  if (text.size() > kMaxArgument) {
    return diagnostics.error(value.place, value.name() + ": an argument has at most " +
                                              std::to_string(kMaxArgument) + " octets, not " +
                                              std::to_string(text.size()));
  }
  if (is_file && !text.starts_with('/')) {
    return diagnostics.error(value.place, value.name() +
                                              ": a program is named by its absolute path, not " +
                                              describe(*value.node) + " (no shell looks for it)");
  }
  return text;
}

std::optional<Arguments> read_command(const Value& value, const std::vector<Value>& elements,
                                      Diagnostics& diagnostics) {
  if (elements.empty() || elements.size() > kMaxArguments) {
    return diagnostics.error(value.place, value.name() + ": a command has 1 .. " +
                                              std::to_string(kMaxArguments) +
                                              " elements, its file among them, "
                                              "not " +
                                              std::to_string(elements.size()));
  }
  Arguments command;
  for (const Value& element : elements) {
    auto argument = read_argument(element, command.empty(), diagnostics);
    if (!argument) return std::nullopt;
    command.push_back(std::move(*argument));
  }
  return command;
}

}  // namespace

std::optional<Arguments> read_as(const Value& value, Command /*kind*/, Diagnostics& diagnostics) {
  if (!value.node->is_array()) return report_mismatch(value, kOneExpected, diagnostics);
  return read_command(value, *read_array(value, "", diagnostics), diagnostics);
}

std::optional<std::vector<Arguments>> read_as(const Value& value, ArgumentLists /*kind*/,
                                              Diagnostics& diagnostics) {
  if (!value.node->is_array()) return report_mismatch(value, kExpected, diagnostics);
  const auto elements = *read_array(value, "", diagnostics);
  std::vector<Arguments> commands;
  if (elements.empty()) return commands;
  if (!elements.front().node->is_array()) {
    auto command = read_command(value, elements, diagnostics);
    if (!command) return std::nullopt;
    commands.push_back(std::move(*command));
    return commands;
  }
  if (elements.size() > kMaxCommands) {
    return diagnostics.error(value.place, value.name() + " has at most " +
                                              std::to_string(kMaxCommands) + " commands, not " +
                                              std::to_string(elements.size()));
  }
  for (const Value& element : elements) {
    if (!element.node->is_array()) return report_mismatch(element, kExpected, diagnostics);
    auto command = read_command(element, *read_array(element, "", diagnostics), diagnostics);
    if (!command) return std::nullopt;
    commands.push_back(std::move(*command));
  }
  return commands;
}

}  // namespace evenkeel::daemon
