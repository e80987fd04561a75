// A program that the file names, and where it names it: for whoever looks at the program's file.
//
// Pure.
#pragma once

#include <string>

#include "daemon/config/diagnostics.h"

namespace evenkeel::daemon {

struct WrittenProgram {
  Place place;
  std::string key;   ///< "on_master"
  std::string file;  ///< to execute
  std::string user;  ///< that it runs as; while parsing "" = that of [global]
};

/// With its place for people.
struct PlacedProgram {
  Diagnostic at;  ///< without a message
  std::string key, file, user;
};

}  // namespace evenkeel::daemon
