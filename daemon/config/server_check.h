// A check with its target. Pure.
#pragma once

#include <string>

#include "checks/check.h"

namespace evenkeel::daemon {

/// One check of one real server, or one that a track follows, with its target filled in.
struct ServerCheck {
  std::string name;  ///< of the [check.NAME] table, or the type for an inline one
  checks::Check check;
  checks::Health initial =
      checks::Health::Unknown;  ///< Up with `initial = "up"`; "down" is Unknown, which takes no
                                ///< traffic until the first outcome decides

  friend bool operator==(const ServerCheck&, const ServerCheck&) = default;
};

}  // namespace evenkeel::daemon
