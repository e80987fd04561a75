// The files of the programs that a configuration names, as they are on this host, and the users
// that they run as.
//
// IO. Asks the name service for users, which may take long: only while a file is loaded.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/config/diagnostics.h"
#include "daemon/config/written_program.h"
#include "daemon/os/user.h"

namespace evenkeel::daemon {

/// By their names in the file, those that are known.
using Users = std::map<std::string, User>;

struct FoundUsers {
  Users users;
  /// Of whom the name service said nothing: why. They are in `users` where they were known before.
  std::map<std::string, std::string> unanswered;
};

/// `before`: those of the configuration in force, which stay where the name service says nothing.
[[nodiscard]] FoundUsers find_users(const std::vector<PlacedProgram>& programs,
                                    const Users& before);

/// An error for each program that others may write and root would run; a warning for each that
/// cannot run as things are, or whose user is known from before only. In the order of the programs.
[[nodiscard]] std::vector<Diagnostic> judge_programs(const std::vector<PlacedProgram>& programs,
                                                     const FoundUsers& found);

}  // namespace evenkeel::daemon
