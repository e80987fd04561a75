// How long each step of a stop may take, in the order of main's stop. The service manager kills
// whoever is there when its own limit is over, and that is no orderly end.
#pragma once

#include <chrono>

#include "daemon/spawner/orphan_hunt.h"

namespace evenkeel::daemon {

/// TimeoutStopSec of evenkeel.service.
constexpr std::chrono::seconds kServiceManagerWaits{60};

/// Until all instances have handed over and the hooks of the stop have ended. Instances with
/// intervals of many seconds may take longer.
constexpr std::chrono::seconds kHandOverLimit{50};
constexpr std::chrono::seconds kChecksStopLimit{2};
/// The spawner gives programs 200 ms to leave, and kills orphans for 2 s.
constexpr std::chrono::seconds kSpawnerStopLimit{4};
/// Main kills what the spawner leaves, for OrphanHunt::kPatience.
constexpr std::chrono::seconds kLogDrainLimit{1};

static_assert(kHandOverLimit + kChecksStopLimit + kSpawnerStopLimit + OrphanHunt::kPatience +
                  kLogDrainLimit <=
              kServiceManagerWaits);

}  // namespace evenkeel::daemon
