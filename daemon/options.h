// The command line of evenkeeld. Reading it needs no privilege and touches nothing.
#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/config/config.h"

namespace evenkeel::daemon {

enum class Role : std::uint8_t {
  Main,
  Checks,   ///< internal: a child, its channel is descriptor 3
  Vrrp,     ///< likewise
  Spawner,  ///< likewise
  Release,  ///< `release`
  Check,    ///< --check [FILE]
  Help,
  Version,
};

struct Options {
  Role role = Role::Main;
  std::string config = "/etc/evenkeel/evenkeel.toml";
  std::string runtime_directory = "/run/evenkeel";
  std::optional<Severity> log_level;  ///< wins over the file's
  std::string node_name;  ///< --node: wins over the file's and the host name; "" = neither
  bool releases_everything = false;  ///< release --all
  bool refuses_empty = false;        ///< --check --not-empty
};

/// `arguments` without the program's name; else what is wrong with them.
[[nodiscard]] tl::expected<Options, std::string> parse_options(
    const std::vector<std::string>& arguments);

/// What --help prints.
[[nodiscard]] std::string help_text();

}  // namespace evenkeel::daemon
