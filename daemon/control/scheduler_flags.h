// The names of a service's scheduler flags, as ipvsadm takes and prints them.
//
// Pure. Source: ipvsadm 1.31; the kernel knows three bits, and each scheduler gives them a meaning.
#pragma once

#include <array>
#include <string_view>

#include "ipvs/types.h"

namespace evenkeel::daemon {

/// "sh-fallback", "mh-port", "flag-3"; "" for each bit that is not set.
[[nodiscard]] std::array<std::string_view, 3> scheduler_flag_names(const ipvs::Service& service);

}  // namespace evenkeel::daemon
