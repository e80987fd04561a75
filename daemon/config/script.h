// Scripts of the configuration: programs that are run again and again for their exit status.
//
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "daemon/config/hooks.h"

namespace evenkeel::daemon {

/// The script passes with exit status 0.
struct Script {
  std::string name;
  Arguments command;
  std::string user = "nobody";  ///< a name, or a number that has one
  bool setuid = false;          ///< set-user-ID programs may gain their owner's rights
  std::chrono::steady_clock::duration interval = std::chrono::seconds(2);
  std::chrono::steady_clock::duration timeout = std::chrono::seconds(1);  ///< at most the interval
  std::uint16_t rise = 1;
  std::uint16_t fall = 2;

  friend bool operator==(const Script&, const Script&) = default;
};

}  // namespace evenkeel::daemon
