// A configuration as this host would run it: load_config() and what the host says to it.
//
// IO: reads the files and the host's interfaces.
#pragma once

#include "daemon/config/load.h"

namespace evenkeel::daemon {

/// load_config(), with the warnings of host_warnings.h added. Where the host's interfaces cannot be
/// read, nothing is said of them.
[[nodiscard]] tl::expected<ParsedConfig, std::vector<Diagnostic>> load_here(
    const std::string& path, std::string_view node_name);

}  // namespace evenkeel::daemon
