#include "daemon/spawner/environment.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace evenkeel::daemon {
namespace {

std::string_view name_within(std::string_view entry) {
  return entry.substr(0, entry.find('='));
}

void set(std::vector<std::string>& entries, std::string entry) {
  const auto same = std::find_if(entries.begin(), entries.end(), [&](const std::string& each) {
    return name_within(each) == name_within(entry);
  });
  if (same != entries.end()) {
    *same = std::move(entry);
  } else {
    entries.push_back(std::move(entry));
  }
}

}  // namespace

bool has_bad_settings(const RunRequest& run) {
  std::set<Variable> seen;
  return std::any_of(run.settings.begin(), run.settings.end(), [&](const Setting& each) {
    return !seen.insert(each.variable).second || each.value.find('\0') != std::string::npos;
  });
}

std::vector<std::string> environment_of(const Program& program, const RunRequest& run) {
  std::vector<std::string> entries = {kPath};
  for (const std::string& entry : program.environment) set(entries, entry);
  for (const Setting& each : run.settings) {
    set(entries, std::string(name(each.variable)) + "=" + each.value);
  }
  return entries;
}

}  // namespace evenkeel::daemon
