// A configuration as this host would run it: load_config() and what the host says to it.
//
// IO: reads the files and the host's interfaces.
#pragma once

#include "daemon/config/load.h"

namespace evenkeel::daemon {

/// As load_config(), with the doubts of host_doubts.h among the warnings. A host that cannot be
/// read is no error: nothing is said then.
[[nodiscard]] tl::expected<ParsedConfig, std::vector<Diagnostic>> load_here(
    const std::string& path, std::string_view node_name);

}  // namespace evenkeel::daemon
