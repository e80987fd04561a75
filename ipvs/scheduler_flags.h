// The names of scheduler flags, as ipvsadm takes and prints them.
//
// Pure. Source: ipvsadm 1.31; the kernel knows three bits, and each scheduler gives them a meaning.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ipvs/types.h"

namespace evenkeel::ipvs {

struct SchedulerFlag {
  std::string_view name;
  std::string_view scheduler;
  std::uint32_t bit;
};
inline constexpr std::array kSchedulerFlags = {
    SchedulerFlag{"mh-fallback", "mh", ServiceFlags::kScheduler1},
    SchedulerFlag{"mh-port", "mh", ServiceFlags::kScheduler2},
    SchedulerFlag{"sh-fallback", "sh", ServiceFlags::kScheduler1},
    SchedulerFlag{"sh-port", "sh", ServiceFlags::kScheduler2},
};

/// Of the bits that are set: "sh-fallback", "mh-port"; "flag-3" where the scheduler has no name.
[[nodiscard]] std::vector<std::string_view> scheduler_flag_names(const Service& service);

}  // namespace evenkeel::ipvs
