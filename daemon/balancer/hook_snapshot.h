// A run of a hook, as status and `evenkeel vrrp` show it.
//
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "daemon/fields/table.h"

namespace evenkeel::daemon {

struct HookSnapshot {
  std::string owner;  ///< "instance web"
  bool is_of_group = false;
  std::string key;   ///< "on_master"
  std::string file;  ///< that is executed
  bool is_running = false;
  std::uint32_t pid = 0;  ///< while it runs; 0: it has not begun yet
  bool has_failed = false;
  std::string result;     ///< for people: "exit status 1"; "" while it runs
  std::string last_line;  ///< that it has written
  std::chrono::system_clock::time_point
      since{};                ///< while it runs: it was asked for, or has begun; else: it has ended
  std::uint64_t waiting = 0;  ///< states of the owner that are not told yet
  std::uint64_t dropped = 0;  ///< those that never were
};
constexpr auto fields_of(fields::Of<HookSnapshot>) {
  using fields::field;
  using T = HookSnapshot;
  return fields::table(field<&T::owner>("owner"), field<&T::is_of_group>("of_group"),
                       field<&T::key>("hook"), field<&T::file>("file"),
                       field<&T::is_running>("running"), field<&T::pid>("pid"),
                       field<&T::has_failed>("failed"), field<&T::result>("result"),
                       field<&T::last_line>("last_line"), field<&T::since>("since"),
                       field<&T::waiting>("waiting"), field<&T::dropped>("dropped"));
}

}  // namespace evenkeel::daemon
