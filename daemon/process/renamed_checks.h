// Which check of one configuration is which of the next: an outcome that crosses a reload is not
// said again.
//
// Pure.
#pragma once

#include <map>
#include <vector>

#include "checks/check.h"

namespace evenkeel::daemon {

using RenamedChecks = std::map<checks::CheckId, checks::CheckId>;

/// The checks that stand in both lists (no two equal in either): id in the old one -> id in the new
/// one.
[[nodiscard]] RenamedChecks renamed_checks(const std::vector<checks::Check>& before,
                                           const std::vector<checks::Check>& after);

}  // namespace evenkeel::daemon
