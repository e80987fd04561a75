// TOML text -> Config, with every mistake named at its place.
//
// Pure: the caller reads files (load.h does it for the daemon). evenkeel.toml(5) has the keys; each
// rule has a test.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/config/config.h"
#include "daemon/fields/table.h"

namespace evenkeel::daemon {

/// One file as it was read. The first of a list is the main file; the others are its includes, in
/// order.
struct SourceFile {
  std::string path;
  std::string text;
};

enum class Severity : std::uint8_t { Error, Warning };
constexpr auto words_of(Severity) {
  using enum Severity;
  return fields::words<Severity>({{Error, "error"}, {Warning, "warning"}});
}

struct Diagnostic {
  std::string file;
  std::uint32_t line = 0, column = 0;  ///< 1-based; 0 = the whole file
  Severity severity = Severity::Error;
  std::string message;

  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};
constexpr auto fields_of(fields::Of<Diagnostic>) {
  using fields::field;
  using T = Diagnostic;
  return fields::table(field<&T::file>("file"), field<&T::line>("line"),
                       field<&T::column>("column"), field<&T::severity>("severity"),
                       field<&T::message>("message"));
}

/// "evenkeel.toml:12:3: error: unknown key "weigth": did you mean "weight"?"
[[nodiscard]] std::string to_string(const Diagnostic& diagnostic);

struct ParsedConfig {
  Config config;
  std::vector<Diagnostic> warnings;
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
