// TOML text -> Config, with every mistake named at its place.
//
// Pure: the caller reads files (load.h does it for the daemon). evenkeel.toml(5) has the keys; each
// rule has a test.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/config/diagnostics.h"
#include "daemon/config/program_files.h"
#include "daemon/config/written_program.h"

namespace evenkeel::daemon {

struct ParsedConfig {
  Config config;
  std::vector<Diagnostic> warnings;
  std::vector<PlacedProgram> programs;  ///< that it names
  Users users;                          ///< of the programs; filled in by load_here()
  std::vector<std::string> changes;     ///< since what is in force; filled in by load_for_reload()
};

/// The first syntax error, or every other error, in the order of files and lines; warnings come
/// only with success. A table keyed by node name is resolved for the node that we are: `node_name`
/// (--node) when it is not empty, else [global] node_name, else `host_name`.
/// Config::digest is left empty: load_config fills it in.
[[nodiscard]] tl::expected<ParsedConfig, std::vector<Diagnostic>> parse_config(
    const std::vector<SourceFile>& files, std::string_view host_name,
    std::string_view node_name = "");

/// One entry of a main file's `include`, with its place in it.
struct IncludePattern {
  std::string pattern;
  std::uint32_t line = 0, column = 0;
};

/// The `include` globs of a main file, for the caller to expand and read; empty on a mistake in
/// them or in the syntax (parse_config reports it).
[[nodiscard]] std::vector<IncludePattern> includes_of(const SourceFile& file);

}  // namespace evenkeel::daemon
