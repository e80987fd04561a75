// What counts of a report by the checks process, which is not trusted.
//
// Pure.
#pragma once

#include <vector>

#include "daemon/process/message.h"

namespace evenkeel::daemon {

/// Removes the outcomes of checks that are not in force (`ids`, ascending). IDs are never reused,
/// so an outcome of an older generation counts if its check is in force. Only a report of the
/// present generation ends the first round. A report of a later generation is emptied.
void keep_what_counts(CheckReport& report, const std::vector<checks::CheckId>& ids,
                      Generation present);

}  // namespace evenkeel::daemon
