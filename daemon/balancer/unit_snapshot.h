// A unit that starts and stops with a master, as status and `evenkeel vrrp` show it.
//
// Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <tuple>

#include "daemon/fields/members.h"

namespace evenkeel::daemon {

struct UnitSnapshot {
  std::string unit;  ///< "haproxy.service"
  bool is_of_group = false;
  std::optional<bool> is_wanted;                  ///< to be active; nothing: that is not known yet
  std::string state;                              ///< systemd's; "" = it was not seen yet
  std::chrono::system_clock::time_point since{};  ///< when that state was seen first
  bool has_failed = false;                        ///< it is not as wanted
  std::string problem;                            ///< what systemctl said; "" = nothing is wrong
};
constexpr auto members_of(fields::Of<UnitSnapshot>) {
  using fields::member;
  using T = UnitSnapshot;
  return std::tuple(
      member("unit", &T::unit), member("of_group", &T::is_of_group, "the sync group's"),
      member("wanted", &T::is_wanted,
             "to be active; null: the state of the instance or the group is not known yet"),
      member("state", &T::state, "systemd's ActiveState; empty: it was not seen yet"),
      member("since", &T::since, "when that state was seen first"),
      member("failed", &T::has_failed, "it is not as wanted, or nobody can see it"),
      member("problem", &T::problem, "what systemctl said, for people; empty: none"));
}

}  // namespace evenkeel::daemon
