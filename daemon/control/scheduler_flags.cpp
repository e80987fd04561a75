#include "daemon/control/scheduler_flags.h"

namespace evenkeel::daemon {

std::array<std::string_view, 3> scheduler_flag_names(const ipvs::Service& service) {
  std::array<std::string_view, 3> names{"flag-1", "flag-2", "flag-3"};
  if (service.scheduler == "sh") names = {"sh-fallback", "sh-port", "flag-3"};
  if (service.scheduler == "mh") names = {"mh-fallback", "mh-port", "flag-3"};
  if ((service.flags & ipvs::ServiceFlags::kScheduler1) == 0) names[0] = {};
  if ((service.flags & ipvs::ServiceFlags::kScheduler2) == 0) names[1] = {};
  if ((service.flags & ipvs::ServiceFlags::kScheduler3) == 0) names[2] = {};
  return names;
}

}  // namespace evenkeel::daemon
