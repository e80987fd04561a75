// How a failover that an operator asked for ended.
#pragma once

#include <cstdint>

namespace evenkeel::vrrp {

enum class FailoverOutcome : std::uint8_t {
  HandedOver,
  NobodyAnswered,  ///< still Master
  NotMaster,
  Unknown,  ///< there is no such instance
};

}  // namespace evenkeel::vrrp
