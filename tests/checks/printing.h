// How GoogleTest shows the pillar's values.
#pragma once

#include <ostream>

#include "checks/check.h"

namespace evenkeel::checks {

inline void PrintTo(const ProbeResult& result, std::ostream* out) {
  *out << name(result.reason) << " \"" << result.detail << "\"";
}

inline void PrintTo(Reason reason, std::ostream* out) {
  *out << name(reason);
}

}  // namespace evenkeel::checks
