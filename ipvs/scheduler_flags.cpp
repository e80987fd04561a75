#include "ipvs/scheduler_flags.h"

#include <algorithm>

namespace evenkeel::ipvs {

std::vector<std::string_view> scheduler_flag_names(const Service& service) {
  constexpr std::array kUnnamed = {
      SchedulerFlag{"flag-1", "", ServiceFlags::kScheduler1},
      SchedulerFlag{"flag-2", "", ServiceFlags::kScheduler2},
      SchedulerFlag{"flag-3", "", ServiceFlags::kScheduler3},
  };
  std::vector<std::string_view> names;
  for (const SchedulerFlag& unnamed : kUnnamed) {
    if ((service.flags & unnamed.bit) == 0) continue;
    const auto named = std::find_if(
        kSchedulerFlags.begin(), kSchedulerFlags.end(), [&](const SchedulerFlag& flag) {
          return flag.scheduler == service.scheduler && flag.bit == unnamed.bit;
        });
    names.push_back(named == kSchedulerFlags.end() ? unnamed.name : named->name);
  }
  return names;
}

}  // namespace evenkeel::ipvs
