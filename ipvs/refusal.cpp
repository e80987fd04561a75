#include "ipvs/refusal.h"

#include <cerrno>
#include <system_error>

namespace evenkeel::ipvs {

namespace {

bool is_of_service(OperationKind kind) {
  switch (kind) {
    case OperationKind::AddService:
    case OperationKind::SetService:
    case OperationKind::RemoveService:
      return true;
    case OperationKind::AddDestination:
    case OperationKind::SetDestination:
    case OperationKind::RemoveDestination:
      break;
  }
  return false;
}

std::string unknown_module(const Service& service) {
  const std::string scheduler = "scheduler \"" + service.scheduler + "\"";
  if (service.persistence_engine.empty()) return scheduler + " is not known to this kernel";
  return scheduler + " or persistence engine \"" + service.persistence_engine +
         "\" is not known to this kernel";
}

std::string reason(const Operation& operation, int errno_value) {
  // In IPVS, ESRCH and ENOENT mean something else than their usual texts.
  if (errno_value == ESRCH) return "there is no such service";
  if (errno_value == ENOENT) {
    return is_of_service(operation.kind) ? unknown_module(operation.service)
                                         : "there is no such destination";
  }
  if (errno_value == EINVAL && operation.kind == OperationKind::AddDestination) {
    return "Invalid argument (the kernel takes only unicast addresses, none before an interface "
           "has "
           "had an address, and another address family only through a tunnel)";
  }
  return std::generic_category().message(errno_value);
}

}  // namespace

std::string refusal_message(const Operation& operation, int errno_value) {
  return to_string(operation) + ": " + reason(operation, errno_value);
}

bool is_gone_already(const Operation& operation, int errno_value) {
  return (operation.kind == OperationKind::RemoveService && errno_value == ESRCH) ||
         (operation.kind == OperationKind::RemoveDestination && errno_value == ENOENT);
}

}  // namespace evenkeel::ipvs
