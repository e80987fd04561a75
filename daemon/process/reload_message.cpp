#include "daemon/process/reload_message.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "daemon/counted.h"

namespace evenkeel::daemon {
namespace {

/// "3 operations, 1 instance changed, 2 added"; of nothing at all "0 operations".
std::string what_was_done(const ReloadOutline& outline) {
  std::string text;
  bool names_instances = false;
  const auto add = [&](std::size_t count, const char* what) {
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text +=
        std::exchange(names_instances, true) ? std::to_string(count) : counted(count, "instance");
    text += what;
  };
  const InstanceChanges& instances = outline.instances;
  if (outline.operations > 0 || instances.total() == 0) {
    text = counted(outline.operations, "operation");
  }
  add(instances.changed, " changed");
  add(instances.added, " added");
  add(instances.removed, " removed");
  return text;
}

}  // namespace

std::string summary(const Config& config, std::uint64_t generation) {
  return "configuration " + config.digest + ", generation " + std::to_string(generation) + ", " +
         counted(config.services.size(), "virtual service") + ", " +
         counted(config.vrrp.instances.size(), "instance");
}

InstanceChanges instance_changes(const std::vector<vrrp::InstanceConfig>& before,
                                 const std::vector<vrrp::InstanceConfig>& after) {
  std::map<std::string_view, const vrrp::InstanceConfig*> old;
  for (const vrrp::InstanceConfig& each : before) old.emplace(each.name, &each);
  InstanceChanges changes;
  for (const vrrp::InstanceConfig& each : after) {
    const auto was = old.extract(each.name);
    if (!was) {
      ++changes.added;
    } else if (*was.mapped() != each) {
      ++changes.changed;
    }
  }
  changes.removed = old.size();
  return changes;
}

std::string first_of(const std::vector<std::string>& problems) {
  constexpr std::size_t kShown = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(problems.size(), kShown); ++i) {
    text += (i == 0 ? "" : "; ") + problems[i];
  }
  if (problems.size() > kShown) {
    text += "; and " + std::to_string(problems.size() - kShown) + " more";
  }
  return text;
}

bool has_problems(const ReloadOutline& outline) {
  return !outline.kernel_problem.empty() || !outline.vrrp_problem.empty() ||
         !outline.refusals.empty();
}

std::string reload_message(const ReloadOutline& outline) {
  std::string text = "configuration " + outline.config_digest + " in force, generation " +
                     std::to_string(outline.generation) + ": " + what_was_done(outline);
  if (!outline.kernel_problem.empty()) text += "; not in the kernel: " + outline.kernel_problem;
  if (!outline.vrrp_problem.empty()) text += "; not in force: " + outline.vrrp_problem;
  if (!outline.refusals.empty()) {
    text += "; the kernel refused " + counted(outline.refusals.size(), "service") +
            (outline.refusals.size() == 1 ? ": " : ", the first: ") + outline.refusals.front();
  }
  return text;
}

}  // namespace evenkeel::daemon
