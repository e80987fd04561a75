#include "daemon/process/reload_message.h"

#include "daemon/counted.h"

namespace evenkeel::daemon {

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
