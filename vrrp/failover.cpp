#include "vrrp/failover.h"

namespace evenkeel::vrrp {

std::optional<FailoverOutcome> FailoverWatch::see(const InstanceStatus& status) {
  has_begun_ = has_begun_ || status.is_leaving;
  if (status.is_leaving) return std::nullopt;
  switch (status.state) {
    case State::Initialize:
      return FailoverOutcome::NotMaster;  // something else took it away meanwhile
    case State::Backup:
      return FailoverOutcome::HandedOver;
    case State::Master:
      break;
  }
  return has_begun_ ? std::optional(FailoverOutcome::NobodyAnswered) : std::nullopt;
}

}  // namespace evenkeel::vrrp
