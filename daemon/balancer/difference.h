// The difference between the service that we left in the kernel and the one that is there, in words
// for the log.
//
// Pure.
#pragma once

#include <string>

#include "ipvs/types.h"

namespace evenkeel::daemon {

/// "2 destinations missing, 1 destinations changed"; nullptr = there is none.
[[nodiscard]] std::string difference(const ipvs::ServiceEntry* expected,
                                     const ipvs::ServiceEntry* actual);

}  // namespace evenkeel::daemon
