// From two tables to the operations that turn one into the other.
//
// Pure. Laws, each a property test: apply(plan(w, a)) to a gives w; plan(w, w) is empty; no step of
// a plan has less capacity than the poorer of its two ends: of every service that is in both, the
// sum of its weights, with scheduler "none" counting as 0.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ipvs/types.h"

namespace evenkeel::ipvs {

enum class OperationKind : std::uint8_t {
  AddService,
  SetService,
  RemoveService,
  AddDestination,
  SetDestination,
  RemoveDestination,
};

/// One command to the kernel, with the full object that it leaves behind (SET replaces all of it).
/// For RemoveService and RemoveDestination only the keys matter. `destination` is a default value
/// for service operations.
struct Operation {
  OperationKind kind = OperationKind::AddService;
  Service service;
  Destination destination;

  friend bool operator==(const Operation&, const Operation&) = default;
};

/// The operations, in order. Services and destinations of `actual` that `wanted` lacks are removed:
/// a caller that shares the kernel with other programs hands in its own services only
/// (daemon/balancer/reconciler.h). Order: weights up and other changes of destinations, additions,
/// changes of services, weights down, removals of destinations, of services, and last changes of a
/// scheduler (each costs an RCU grace period). A new service with a hash scheduler is added as
/// "none", filled, then set, so that its table is built once. A removed service takes its
/// destinations with it, in one operation. Linear in the size of the tables.
[[nodiscard]] std::vector<Operation> plan(const Table& wanted, const Table& actual);

/// What the kernel holds after one operation succeeded. A reference model for tests, and the
/// backend's shadow table. An operation that the kernel would refuse (add of what exists, set or
/// remove of what does not) leaves the table as it is and returns false.
bool apply(Table& table, const Operation& operation);

/// "add destination 10.0.0.3:80 to TCP 192.0.2.10:80", "set TCP 192.0.2.10:80": what an error
/// message starts with.
[[nodiscard]] std::string to_string(const Operation& operation);

}  // namespace evenkeel::ipvs
