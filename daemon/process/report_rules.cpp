#include "daemon/process/report_rules.h"

#include <algorithm>

namespace evenkeel::daemon {

void keep_what_counts(CheckReport& report, const std::vector<checks::CheckId>& ids,
                      Generation present) {
  if (report.generation > present) report.outcomes.clear();
  std::erase_if(report.outcomes, [&ids](const checks::CheckOutcome& outcome) {
    return !std::binary_search(ids.begin(), ids.end(), outcome.id);
  });
  if (report.generation != present) report.first_round_done = false;
}

}  // namespace evenkeel::daemon
