// What a short line of an answer says (protocol.h); service lines are never parsed here.
//
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/config/parse.h"

namespace evenkeel::ctl {

/// "ok":false. Its code is a name of protocol.h, or "" when the line is none of ours.
struct Refusal {
  std::string code;
  std::string message;
  std::vector<daemon::Diagnostic> diagnostics;
};

/// A line of a status answer in text: octets that follow, or the end.
struct StatusLine {
  std::size_t bytes = 0;
  bool is_end = false;
  int exit_code = 0;
};

struct ReloadLine {
  std::string message;
  std::vector<daemon::Diagnostic> diagnostics;
  int exit_code = 0;  ///< 1: some of the configuration could not be put in force
};

/// The answer to failover or resume.
struct InstancesLine {
  struct Outcome {
    std::string instance;
    std::string outcome;  ///< its name of protocol.h
    friend bool operator==(const Outcome&, const Outcome&) = default;
  };
  std::vector<Outcome> outcomes;
  int exit_code = 0;
};

[[nodiscard]] tl::expected<StatusLine, Refusal> parse_status_line(std::string_view line);
[[nodiscard]] tl::expected<ReloadLine, Refusal> parse_reload_line(std::string_view line);
[[nodiscard]] tl::expected<InstancesLine, Refusal> parse_instances_line(std::string_view line);

/// "evenkeel.toml:12:3: error: ...", as `evenkeeld --check` prints it.
[[nodiscard]] std::string line_of(const daemon::Diagnostic& diagnostic);

}  // namespace evenkeel::ctl
