// Reads a configuration from disk: the file, its includes (globs relative to it), and their digest.
// IO around parse.h.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/config/parse.h"

namespace evenkeel::daemon {

/// Reads and parses. A file that cannot be read is a Diagnostic too. `node_name` "" = the host
/// name.
[[nodiscard]] tl::expected<ParsedConfig, std::vector<Diagnostic>> load_config(
    const std::string& path, std::string_view node_name);

}  // namespace evenkeel::daemon
