// The keys of [[script]] (keys.h).
//
// Pure.
#pragma once

#include <chrono>
#include <tuple>

#include "daemon/config/keys.h"
#include "daemon/config/script.h"

namespace evenkeel::daemon {

/// Of whatever runs a program again and again.
inline constexpr Times kRunInterval = {.min = std::chrono::milliseconds(100),
                                       .max = std::chrono::hours(24)};
inline constexpr Times kRunTimeout = {.min = std::chrono::milliseconds(10),
                                      .max = std::chrono::hours(24)};

template <>
struct Keys<Script> {
  using T = Script;
  static constexpr std::string_view path = "script", title = "[[script]]";
  static constexpr Between kInARow = {1, 65535};
  static constexpr auto rows = std::tuple(
      required(key<&T::name>("name", Name{}, "how track_scripts, status and logs call it")),
      required(key<&T::command>("command", Command{},
                                "the absolute path of a program and its arguments; no shell")),
      key<&T::user>("user", Name{}, "that it runs as"),
      key<&T::setuid>("setuid", "set-user-ID programs, such as sudo, work"),
      key<&T::interval>("interval", kRunInterval, "from one run to the next, {min} .. {max}"),
      key<&T::timeout>("timeout", kRunTimeout,
                       "how long a run may last, at most the interval; then it has failed"),
      key<&T::rise>("rise", kInARow, "passes in a row after which it holds"),
      key<&T::fall>("fall", kInARow, "failures in a row after which it fails"));
};

}  // namespace evenkeel::daemon
