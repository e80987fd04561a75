// [ipvs] with its timeouts and sysctls.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include "daemon/config/parse_global.h"
#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

[[nodiscard]] IpvsConfig parse_ipvs(const PlacedTable& ipvs, Context& context);

}  // namespace evenkeel::daemon
