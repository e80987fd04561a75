// What counts of a report by the checks process, which is not trusted.
//
// Pure.
#pragma once

#include <vector>

#include "daemon/process/message.h"

namespace evenkeel::daemon {

/// Takes out the outcomes of checks that are not in force: `ids`, ascending. Main gives no id
/// twice, so an older report still tells of the same checks: what it says is not said again. But
/// only a report of the present generation can end the first round, and one of a generation that
/// main has not begun says nothing.
void keep_what_counts(CheckReport& report, const std::vector<checks::CheckId>& ids,
                      Generation present);

}  // namespace evenkeel::daemon
