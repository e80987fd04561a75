#include "daemon/tracking/process_pattern.h"

#include <algorithm>
#include <charconv>

namespace evenkeel::daemon {
namespace {

/// The rest of the line that begins with `name`; nothing: there is no such line.
std::optional<std::string_view> value_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.substr(0, name.size()) != name) continue;
    const std::string_view value = line.substr(name.size());
    return value.substr(std::min(value.find_first_not_of(" \t"), value.size()));
  }
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view command_line) {
  std::vector<std::string_view> arguments;
  while (!command_line.empty()) {
    arguments.push_back(command_line.substr(0, command_line.find('\0')));
    command_line.remove_prefix(std::min(arguments.back().size() + 1, command_line.size()));
  }
  return arguments;
}

}  // namespace

std::optional<ProcessState> parse_process_state(std::string_view status) {
  const auto letter = value_of(status, "State:");
  const auto ids = value_of(status, "Uid:");
  if (!letter || letter->empty() || !ids) return std::nullopt;
  const std::size_t second = ids->find('\t');
  if (second == std::string_view::npos) return std::nullopt;
  ProcessState state{.is_dead = letter->front() == 'Z' || letter->front() == 'X', .uid = 0};
  const char* const end = ids->data() + ids->size();
  const auto [rest, error] = std::from_chars(ids->data() + second + 1, end, state.uid);
  const bool is_number = error == std::errc() && (rest == end || *rest == '\t');
  return is_number ? std::optional(state) : std::nullopt;
}

bool has_name(const TrackedProcess& followed, std::string_view comm) {
  return !comm.empty() && comm.back() == '\n' && comm.substr(0, comm.size() - 1) == followed.name;
}

bool has_arguments(const TrackedProcess& followed, std::string_view command_line) {
  if (followed.arguments.empty()) return true;
  const std::vector<std::string_view> all = split(command_line);
  if (all.empty()) return false;
  return std::search(all.begin() + 1, all.end(), followed.arguments.begin(),
                     followed.arguments.end()) != all.end();
}

}  // namespace evenkeel::daemon
