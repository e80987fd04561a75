// [global]: who we are, how we log, whether virtual addresses are leased.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <string>
#include <string_view>

#include "daemon/config/global_keys.h"
#include "daemon/config/written.h"

namespace evenkeel::daemon {

/// Who we are: `given` (--node), else the file's node_name, else `host_name`. The file's is read
/// and judged in any case. It is the one key that cannot differ per node.
[[nodiscard]] std::string resolve_node_name(Written<GlobalConfig>& global,
                                            std::string_view host_name, std::string_view given);

/// `vrrp`: address_lease is filled in.
[[nodiscard]] GlobalConfig parse_global(Written<GlobalConfig>& global, vrrp::Config& vrrp);

}  // namespace evenkeel::daemon
