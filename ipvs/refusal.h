// What a refusal of the kernel means, in words: IPVS itself says no more than an errno.
//
// Pure. Source: Linux net/netfilter/ipvs/ip_vs_ctl.c (6.1).
#pragma once

#include <string>

#include "ipvs/plan.h"

namespace evenkeel::ipvs {

/// "add destination 10.0.0.3:80 to TCP 192.0.2.10:80: File exists",
/// "set TCP 192.0.2.10:80: scheduler "twos" is not known to this kernel".
[[nodiscard]] std::string refusal_message(const Operation& operation, int errno_value);

/// What was to be removed is not there: somebody was faster, and it is no failure.
[[nodiscard]] bool is_gone_already(const Operation& operation, int errno_value);

}  // namespace evenkeel::ipvs
