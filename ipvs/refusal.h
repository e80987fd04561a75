// The meaning of a refusal, in words: the kernel itself gives an errno only.
//
// Pure. Source: Linux net/netfilter/ipvs/ip_vs_ctl.c (6.1).
#pragma once

#include <string>

#include "ipvs/plan.h"

namespace evenkeel::ipvs {

/// "add destination 10.0.0.3:80 to TCP 192.0.2.10:80: File exists",
/// "set TCP 192.0.2.10:80: scheduler "twos" is not known to this kernel".
[[nodiscard]] std::string refusal_message(const Operation& operation, int errno_value);

/// The object to be removed is not there: another writer was faster. That is no failure.
[[nodiscard]] bool is_gone_already(const Operation& operation, int errno_value);

}  // namespace evenkeel::ipvs
