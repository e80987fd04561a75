#include "daemon/balancer/drift_guard.h"

namespace evenkeel::daemon {

bool DriftGuard::may_repair(const ipvs::ServiceKey& key, TimePoint now) {
  if (contested_.contains(key)) return false;
  std::deque<TimePoint>& times = repairs_[key];
  while (!times.empty() && times.front() + kWindow <= now) times.pop_front();
  if (times.size() >= kRepairs) {
    contested_.insert(key);
    repairs_.erase(key);
    return false;
  }
  times.push_back(now);
  return true;
}

}  // namespace evenkeel::daemon
