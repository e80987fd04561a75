// The health of a virtual service, for tracks that follow it. Pure.
#pragma once

#include <cstdint>

namespace evenkeel::daemon {

struct ServiceHealth {
  bool is_known =
      false;  ///< false: it starts, and its quorum does not count (README.md, Readiness)
  bool has_quorum = false;
  bool is_blind = false;  ///< not one of its real servers can be checked
  bool is_stale = false;  ///< the checks process is away, or has told nothing since its return
  std::uint64_t weight_up = 0;
  std::uint64_t quorum = 1;
  std::uint32_t down = 0;  ///< real servers, by their checks

  friend bool operator==(const ServiceHealth&, const ServiceHealth&) = default;
};

}  // namespace evenkeel::daemon
