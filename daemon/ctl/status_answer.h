// Asks for status, or for vrrp, and shows the answer: text as it comes, JSON as one document.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "daemon/control/protocol.h"
#include "daemon/ctl/output.h"

namespace evenkeel::ctl {

/// The answer's exit code, or what went wrong. Holds no more than one line in memory.
[[nodiscard]] tl::expected<int, std::string> show_status(const std::string& socket,
                                                         const daemon::StatusRequest& request,
                                                         Output& output);
/// Likewise; of JSON it holds all.
[[nodiscard]] tl::expected<int, std::string> show_vrrp(const std::string& socket,
                                                       const daemon::VrrpRequest& request,
                                                       Output& output);

}  // namespace evenkeel::ctl
