// The services that the kernel has refused: why, and when each is tried again. Pure.
//
// A plan of operations names the services that it tries; what was tried and not refused is
// forgotten when the plan is done.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/balancer/backoff.h"
#include "ipvs/backend.h"

namespace evenkeel::daemon {

class Refusals {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// The plan has operations for this service, which may be one of ours.
  void trying(const ipvs::ServiceKey& key, TimePoint now);
  /// Returns what is to be told: each refusal is news once, and none is that a fresh reading of the
  /// kernel may cure; such a service is due at once, three times.
  [[nodiscard]] std::optional<std::string> refused(const ipvs::Operation& operation,
                                                   const ipvs::Refusal& refusal, TimePoint now);
  /// All of it was executed.
  void plan_done();
  /// What was not executed never will be.
  void plan_dropped();
  /// All may be tried again: another configuration.
  void forget();
  /// Not to be tried any more: somebody else has it.
  void forget(const ipvs::ServiceKey& key) { refused_.erase(key); }
  /// A plan of all services was made: what was due, and is not in it, has nothing to be tried.
  /// After this nothing is due at `now`, unless the plan tries it.
  void forget_untried(TimePoint now);
  /// Of services that are neither wanted nor there.
  void forget_unless(const std::function<bool(const ipvs::ServiceKey&)>& is_of_concern);

  [[nodiscard]] bool contains(const ipvs::ServiceKey& key) const { return refused_.contains(key); }
  /// The like of this operation was refused, and is not to be tried yet. The rest of its service
  /// goes on: who dies behind it is still taken out, and a weight of 0 never waits.
  [[nodiscard]] bool is_waiting(const ipvs::Operation& operation, TimePoint now) const;
  /// When the first is due; TimePoint::max() = none is there.
  [[nodiscard]] TimePoint next_due() const;
  /// Why the kernel refuses it; "" = it does not.
  [[nodiscard]] std::string message(const ipvs::ServiceKey& key) const;
  [[nodiscard]] std::vector<std::string> messages() const;

 private:
  using Part = std::pair<ipvs::OperationKind, ipvs::DestinationKey>;
  [[nodiscard]] static Part part_of(const ipvs::Operation& operation);

  struct Refused {
    std::string message;
    std::set<Part> parts;
    std::string told;  ///< what was logged
    TimePoint due;     ///< of the next try
    Backoff backoff{};
    std::uint32_t quick_retries = 0;  ///< with a fresh reading, because ours was old
  };

  std::map<ipvs::ServiceKey, Refused> refused_;
  // Of the plan that is being executed.
  std::set<ipvs::ServiceKey> tried_;
  std::set<ipvs::ServiceKey> refused_now_;
};

}  // namespace evenkeel::daemon
