// A program that runs as a user of this host. Pure.
#pragma once

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "daemon/os/user.h"
#include "daemon/spawner/program.h"
#include "daemon/spawner/run.h"

namespace evenkeel::daemon {

/// Why a program has no place on the list: there was no such user, or the name service said nothing
/// of it, which the load of the file has told.
[[nodiscard]] inline std::string user_not_found(const std::string& user) {
  return "the user \"" + user + "\" was not found when the file was loaded";
}

/// The end of a run of such a program, which the spawner is not asked for.
[[nodiscard]] inline RunEnded run_without_user(std::string why) {
  return {.run = 0,
          .how = RunEnd::CannotRun,
          .number = EINVAL,
          .step = RunStep::User,
          .last_line = std::move(why),
          .duration = {}};
}

[[nodiscard]] inline Program user_program(std::vector<std::string> arguments, const User& user,
                                          std::chrono::nanoseconds timeout) {
  Program program;
  program.arguments = std::move(arguments);
  program.uid = user.uid;
  program.gid = user.gid;
  program.groups = user.groups;
  // No user of more groups is known; fewer groups are fewer rights.
  if (program.groups.size() > kMaxGroups) program.groups.resize(kMaxGroups);
  program.timeout = timeout;
  return program;
}

}  // namespace evenkeel::daemon
