// The names of VRRP's states, reasons and errors in JSON: snake_case of their enumerators.
//
// Pure. For people there is to_string(), of vrrp/.
#pragma once

#include <string_view>

#include "vrrp/advertisement.h"
#include "vrrp/config.h"
#include "vrrp/failover.h"
#include "vrrp/status.h"

namespace evenkeel::daemon {

[[nodiscard]] std::string_view name(vrrp::State state);              // "master"
[[nodiscard]] std::string_view name(vrrp::Reason reason);            // "interface_missing"
[[nodiscard]] std::string_view name(vrrp::DecodeError error);        // "hop_limit"
[[nodiscard]] std::string_view name(vrrp::ChecksumPolicy policy);    // "pseudo_header"
[[nodiscard]] std::string_view name(vrrp::FailoverOutcome outcome);  // "handed_over"

}  // namespace evenkeel::daemon
