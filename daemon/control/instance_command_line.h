// The answer to a failover or a resume:
//   {"ok":true,"instances":[{"name":"web","outcome":"handed_over"}],"exit_code":0,"more":false}
// outcome: failover: handed_over | nobody_answered (it is still Master) | not_master | unknown;
// resume: resumed | not_held (nothing to do). exit_code: 0 every one, and there was one; else 1. Or
// text, or a document (protocol.h).
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

/// An instance that is not held any more.
struct Resumed {
  std::string name;
  bool was_held = true;
};
[[nodiscard]] std::string resume_line(const InstanceCommandResult& result,
                                      const std::vector<Resumed>& instances,
                                      Format format = Format::Json);

}  // namespace evenkeel::daemon
