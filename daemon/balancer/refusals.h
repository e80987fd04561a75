// The services that the kernel has refused: why, and when each is tried again. Pure.
//
// A plan of operations names the services that it tries. A service that was tried and not refused
// is forgotten when the plan is done.
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
  /// Returns the line for the log. A refusal is logged once. A refusal that a fresh reading of the
  /// kernel may cure is not logged: its service is due at once, three times.
  [[nodiscard]] std::optional<std::string> refused(const ipvs::Operation& operation,
                                                   const ipvs::Refusal& refusal, TimePoint now);
  /// The whole plan was executed.
  void plan_done();
  /// The rest of the plan will never be executed.
  void plan_dropped();
  /// All services may be tried again: the configuration is another one.
  void forget();
  /// The service is not tried any more: another program writes it.
  void forget(const ipvs::ServiceKey& key) { refused_.erase(key); }
  /// A plan of all services was made: a service that was due and is not in the plan needs no try.
  /// After this no service is due at `now`, unless the plan tries it.
  void forget_untried(TimePoint now);
  /// Forgets the services that are neither wanted nor in the kernel.
  void forget_unless(const std::function<bool(const ipvs::ServiceKey&)>& is_of_concern);

  [[nodiscard]] bool contains(const ipvs::ServiceKey& key) const { return refused_.contains(key); }
  /// An operation of this kind on this object was refused, and is not to be tried yet. Other
  /// operations of its service go on: a dead server is still taken out, and a weight of 0 never
  /// waits.
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
