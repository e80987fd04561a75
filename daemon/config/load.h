// Reads a configuration from disk: the file, its includes (globs relative to it), and their digest.
// IO around parse.h.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/config/parse.h"

namespace evenkeel::daemon {

/// The main file and all it includes, at most this much.
constexpr std::size_t kMaxConfigSize = std::size_t{256} * 1024 * 1024;

/// Reads and parses. A file that cannot be read is a Diagnostic too: the main file's has line 0, an
/// included one's stands at its entry in `include`. Files that a pattern finds are taken in the
/// order of their octets, in any locale; none found is fine, a folder that is not there is a
/// warning, a missing path without a wildcard an error. Warnings also name who besides root and us
/// may write the files, or the folders that lead to them. `node_name` (--node) "" = [global]
/// node_name, else the host name.
[[nodiscard]] tl::expected<ParsedConfig, std::vector<Diagnostic>> load_config(
    const std::string& path, std::string_view node_name);

/// The first 6 hex digits of SHA-256 over the texts of the files, one after the other in the order
/// they were read: `cat FILE INCLUDES... | sha256sum | cut -c-6`.
[[nodiscard]] std::string digest_of(const std::vector<SourceFile>& files);

}  // namespace evenkeel::daemon
