// The answer to a failover or a resume:
//   {"ok":true,"instances":[{"name":"web","outcome":"handed_over"}],"exit_code":0,"more":false}
// outcome: failover: handed_over | nobody_answered (it is still Master) | not_master | unknown;
// resume: resumed. exit_code: 0 every one, and there was one; else 1. Or text, or a document
// (protocol.h).
//
// Pure.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "daemon/control/commands.h"
#include "daemon/control/protocol.h"

namespace evenkeel::daemon {

/// Of a client of failover and resume.
constexpr std::chrono::seconds kInstancePatience = kInstanceCommandLimit + std::chrono::seconds(15);

/// A whole answer. `are_named`: the client named instances; if not, those that were not Master
/// were not asked for and are left out.
[[nodiscard]] std::string failover_line(const InstanceCommandResult& result, bool are_named,
                                        Format format = Format::Json);

/// `instances`: those that are not held any more.
[[nodiscard]] std::string resume_line(const InstanceCommandResult& result,
                                      const std::vector<std::string>& instances,
                                      Format format = Format::Json);

}  // namespace evenkeel::daemon
