// A configuration as this host would run it: load_config() and what the host says to it.
//
// IO: reads the files and the host's interfaces.
#pragma once

#include "daemon/config/load.h"
#include "daemon/control/commands.h"

namespace evenkeel::daemon {

/// load_config(), with the users of its programs, and the warnings of host_warnings.h added. Where
/// the host's interfaces cannot be read, nothing is said of them. `users_before`: find_users().
[[nodiscard]] tl::expected<ParsedConfig, std::vector<Diagnostic>> load_here(
    const std::string& path, std::string_view node_name, const Users& users_before = {});

/// load_here() for a reload. The error is the answer to a reload that is refused: the file has
/// mistakes, or removes too much (removals.h) without `force`. May take long: disks, and the name
/// service.
[[nodiscard]] tl::expected<ParsedConfig, ReloadResult> load_for_reload(const std::string& path,
                                                                       std::string_view node_name,
                                                                       const Config& in_force,
                                                                       const Users& users_in_force,
                                                                       bool force);

/// Warnings about changes that a reload does not put in force.
[[nodiscard]] std::vector<Diagnostic> restart_warnings(const std::string& path,
                                                       const Config& before, const Config& after);

}  // namespace evenkeel::daemon
