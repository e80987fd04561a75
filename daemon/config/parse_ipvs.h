// [ipvs] with its timeouts and sysctls.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <vector>

#include "daemon/config/table_reader.h"

namespace evenkeel::daemon {

[[nodiscard]] IpvsConfig parse_ipvs(const PlacedTable& ipvs, Context& context);

/// A warning where the written conn_reuse_mode is 0 or 1 and some real server is reached directly
/// or through a tunnel: of such a connection the balancer sees the client's packets only.
void warn_of_connection_reuse(const PlacedTable& ipvs, const IpvsConfig& config,
                              const std::vector<ServiceConfig>& services, Diagnostics& diagnostics);

}  // namespace evenkeel::daemon
