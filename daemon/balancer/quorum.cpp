#include "daemon/balancer/quorum.h"

namespace evenkeel::daemon {

bool has_quorum(bool before, std::uint64_t weight, std::uint64_t quorum, std::uint64_t hysteresis) {
  if (before) return weight + hysteresis >= quorum && weight > 0;
  return weight >= quorum + hysteresis;
}

}  // namespace evenkeel::daemon
