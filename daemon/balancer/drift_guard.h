// When repairing stops: a service that is changed by others again and again has another owner, who
// repairs it too.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <set>

#include "ipvs/types.h"

namespace evenkeel::daemon {

/// Pure. README.md, Drift: 5 repairs of one key in 10 minutes, then it is contested until
/// the next reload.
class DriftGuard {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kRepairs = 5;
  static constexpr std::chrono::minutes kWindow{10};

  /// One more difference of this service, found at `now`. True: repair it. False: it is contested,
  /// leave it.
  [[nodiscard]] bool may_repair(const ipvs::ServiceKey& key, TimePoint now);
  [[nodiscard]] const std::set<ipvs::ServiceKey>& contested() const { return contested_; }
  void forget() { *this = DriftGuard(); }

 private:
  std::map<ipvs::ServiceKey, std::deque<TimePoint>> repairs_;
  std::set<ipvs::ServiceKey> contested_;
};

}  // namespace evenkeel::daemon
