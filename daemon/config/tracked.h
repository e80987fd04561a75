// The things behind the names of tracks, where main judges them. The tracks themselves, which the
// vrrp process gets, are in vrrp/config.h.
//
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "daemon/config/script.h"
#include "daemon/config/server_check.h"

namespace evenkeel::daemon {

struct TrackedService {
  std::size_t service = 0;      ///< in Config::services
  bool counts_servers = false;  ///< somebody follows how many of its real servers are down

  friend bool operator==(const TrackedService&, const TrackedService&) = default;
};

struct TrackedFile {
  std::string path;
  bool is_number = false;  ///< what is in it is followed; else whether it is there

  friend bool operator==(const TrackedFile&, const TrackedFile&) = default;
};

/// A track that holds while a process that matches runs.
struct TrackedProcess {
  std::string track;                   ///< the track's name
  std::string name;                    ///< as the kernel has it (comm)
  std::vector<std::string> arguments;  ///< it has these, one after the other, in this order
  std::string user;                    ///< a name or a number; "" = any

  friend bool operator==(const TrackedProcess&, const TrackedProcess&) = default;
};

/// Everything that some track follows, each once, in the order of the file.
struct Tracked {
  std::vector<ServerCheck> checks;  ///< by their names; of no real server
  std::vector<TrackedService> services;
  std::vector<Script> scripts;
  std::vector<TrackedFile> files;
  std::vector<std::string> units;  ///< services of systemd
  std::vector<TrackedProcess> processes;

  friend bool operator==(const Tracked&, const Tracked&) = default;
};

}  // namespace evenkeel::daemon
