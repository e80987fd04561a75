// A failover that an operator asked for, and how it ended. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "vrrp/status.h"

namespace evenkeel::vrrp {

enum class FailoverOutcome : std::uint8_t {
  HandedOver,
  NobodyAnswered,  ///< still Master
  NotMaster,
  Unknown,  ///< there is no such instance
};
constexpr auto words_of(FailoverOutcome) {
  using enum FailoverOutcome;
  return fields::words<FailoverOutcome>(
      {{HandedOver, "handed_over", "handed over"},
       {NobodyAnswered, "nobody_answered", "no peer answered, still master"},
       {NotMaster, "not_master", "not master here"},
       {Unknown, "unknown", "there is no such instance"}});
}

/// Follows an instance that was asked to leave until it has left or stayed.
class FailoverWatch {
 public:
  /// `asked`: its status when the Leave was sent.
  explicit FailoverWatch(const InstanceStatus& asked) : has_begun_(asked.is_leaving) {}

  /// Takes the instance's next status; nothing = no outcome yet. A Master that has not begun to
  /// leave has not handled the Leave yet.
  [[nodiscard]] std::optional<FailoverOutcome> see(const InstanceStatus& status);

 private:
  bool has_begun_;
};

}  // namespace evenkeel::vrrp
