// The rules between values of virtual routers, for the parser, which tells the place in the file,
// and for the decoder of the vrrp process (vrrp_config.h).
//
// Pure. Reasons: vrrp/README.md.
#pragma once

#include <vector>

#include "daemon/config/vrrp_contradiction.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

/// All contradictions, in no order. Single values are taken to be in their ranges. An empty name is
/// no name.
[[nodiscard]] std::vector<VrrpContradiction> contradictions(const vrrp::Config& config);

}  // namespace evenkeel::daemon
