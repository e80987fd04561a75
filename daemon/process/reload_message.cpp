#include "daemon/process/reload_message.h"

namespace evenkeel::daemon {
namespace {

std::string counted(std::uint64_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

std::string reload_message(const ReloadOutline& outline) {
  std::string text = "configuration " + outline.config_digest + " in force, generation " +
                     std::to_string(outline.generation) + ": " +
                     counted(outline.operations, "operation");
  if (!outline.kernel_problem.empty()) text += "; not in the kernel: " + outline.kernel_problem;
  if (!outline.vrrp_problem.empty()) text += "; not in force: " + outline.vrrp_problem;
  if (!outline.refusals.empty()) {
    text += "; the kernel refused " + counted(outline.refusals.size(), "service") +
            (outline.refusals.size() == 1 ? ": " : ", the first: ") + outline.refusals.front();
  }
  return text;
}

}  // namespace evenkeel::daemon
