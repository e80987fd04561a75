#include "ipvs/plan.h"

#include <array>
#include <string_view>

namespace evenkeel::ipvs {

namespace {

/// A planned operation that points into the tables: its values are copied once, in the final order.
struct Step {
  OperationKind kind;
  bool is_unscheduled;  ///< the service is added with scheduler "none"
  const Service* service;
  const Destination* destination;
};

using Steps = std::vector<Step>;

Step step(OperationKind kind, const Service& service) {
  return {kind, false, &service, nullptr};
}

Step step(OperationKind kind, const Service& service, const Destination& destination) {
  return {kind, false, &service, &destination};
}

/// One list for each rank of the order in plan.h.
struct Ranks {
  Steps weights_up;  ///< with every change of a destination that does not lower its weight
  Steps additions;
  Steps service_changes;  ///< that wait for no grace period
  Steps weights_down;
  Steps destination_removals;
  Steps service_removals;
  Steps scheduler_changes;
};

/// The kernel waits for an RCU grace period before it frees the old scheduler. A service that an
/// interrupted plan left with "none" has no old scheduler, and takes no connections until it is
/// set.
bool has_to_wait(std::string_view from, std::string_view to) {
  return from != to && from != "none";
}

void add_service(Ranks& ranks, const ServiceEntry& wanted) {
  const Service& service = wanted.service;
  const bool is_filled_first = is_hash_scheduler(service.scheduler) && !wanted.destinations.empty();
  ranks.additions.push_back({OperationKind::AddService, is_filled_first, &service, nullptr});
  for (const auto& [key, destination] : wanted.destinations) {
    ranks.additions.push_back(step(OperationKind::AddDestination, service, destination));
  }
  // Costs no grace period: there is no scheduler to wait for.
  if (is_filled_first) ranks.additions.push_back(step(OperationKind::SetService, service));
}

void change_destination(Ranks& ranks, const Service& service, const Destination& wanted,
                        const Destination& actual) {
  if (wanted == actual) return;
  Steps& rank = wanted.weight < actual.weight ? ranks.weights_down : ranks.weights_up;
  rank.push_back(step(OperationKind::SetDestination, service, wanted));
}

void change_service(Ranks& ranks, const ServiceEntry& wanted, const ServiceEntry& actual) {
  const Service& service = wanted.service;
  if (service != actual.service) {
    Steps& rank = has_to_wait(actual.service.scheduler, service.scheduler) ? ranks.scheduler_changes
                                                                           : ranks.service_changes;
    rank.push_back(step(OperationKind::SetService, service));
  }

  auto have = actual.destinations.begin();
  auto want = wanted.destinations.begin();
  while (have != actual.destinations.end() || want != wanted.destinations.end()) {
    if (have == actual.destinations.end() ||
        (want != wanted.destinations.end() && want->first < have->first)) {
      ranks.additions.push_back(step(OperationKind::AddDestination, service, want->second));
      ++want;
    } else if (want == wanted.destinations.end() || have->first < want->first) {
      ranks.destination_removals.push_back(
          step(OperationKind::RemoveDestination, service, have->second));
      ++have;
    } else {
      change_destination(ranks, service, want->second, have->second);
      ++want;
      ++have;
    }
  }
}

std::vector<Operation> operations_of(const Ranks& ranks) {
  const std::array all{&ranks.weights_up,           &ranks.additions,
                       &ranks.service_changes,      &ranks.weights_down,
                       &ranks.destination_removals, &ranks.service_removals,
                       &ranks.scheduler_changes};
  std::size_t count = 0;
  for (const Steps* steps : all) count += steps->size();
  std::vector<Operation> operations;
  operations.reserve(count);
  for (const Steps* steps : all) {
    for (const Step& next : *steps) {
      operations.push_back({next.kind, *next.service,
                            next.destination != nullptr ? *next.destination : Destination{}});
      if (next.is_unscheduled) operations.back().service.scheduler = "none";
    }
  }
  return operations;
}

}  // namespace

std::vector<Operation> plan(const Table& wanted, const Table& actual) {
  Ranks ranks;
  auto have = actual.begin();
  auto want = wanted.begin();
  while (have != actual.end() || want != wanted.end()) {
    if (have == actual.end() || (want != wanted.end() && want->first < have->first)) {
      add_service(ranks, want->second);
      ++want;
    } else if (want == wanted.end() || have->first < want->first) {
      // The kernel removes the destinations with their service.
      ranks.service_removals.push_back(step(OperationKind::RemoveService, have->second.service));
      ++have;
    } else {
      change_service(ranks, want->second, have->second);
      ++want;
      ++have;
    }
  }
  return operations_of(ranks);
}

bool apply(Table& table, const Operation& operation) {
  const auto entry = table.find(operation.service.key);
  if (operation.kind == OperationKind::AddService) {
    if (entry != table.end()) return false;
    table.emplace(operation.service.key, ServiceEntry{operation.service, {}});
    return true;
  }
  if (entry == table.end()) return false;

  auto& destinations = entry->second.destinations;
  switch (operation.kind) {
    case OperationKind::AddService:
      break;
    case OperationKind::SetService:
      entry->second.service = operation.service;
      return true;
    case OperationKind::RemoveService:
      table.erase(entry);
      return true;
    case OperationKind::AddDestination:
      return destinations.emplace(operation.destination.key, operation.destination).second;
    case OperationKind::SetDestination: {
      const auto destination = destinations.find(operation.destination.key);
      if (destination == destinations.end()) return false;
      destination->second = operation.destination;
      return true;
    }
    case OperationKind::RemoveDestination:
      return destinations.erase(operation.destination.key) == 1;
  }
  return false;
}

std::string to_string(const Operation& operation) {
  std::string service = to_string(operation.service.key);
  const auto destination = [&operation] { return to_string(operation.destination.key); };
  switch (operation.kind) {
    case OperationKind::AddService:
      return "add " + service;
    case OperationKind::SetService:
      return "set " + service;
    case OperationKind::RemoveService:
      return "remove " + service;
    case OperationKind::AddDestination:
      return "add destination " + destination() + " to " + service;
    case OperationKind::SetDestination:
      return "set destination " + destination() + " of " + service;
    case OperationKind::RemoveDestination:
      return "remove destination " + destination() + " from " + service;
  }
  return service;
}

}  // namespace evenkeel::ipvs
