// A program that runs as a user of this host. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/os/user.h"
#include "daemon/spawner/program.h"

namespace evenkeel::daemon {

/// Why a program has no place on the list: there was no such user, or the name service said nothing
/// of it, which the load of the file has told.
[[nodiscard]] inline std::string user_not_found(const std::string& user) {
  return "the user \"" + user + "\" was not found when the file was loaded";
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
