// Instances that are Master together or not at all.
//
// Pure, and without a state of its own: what the group wants follows from what its members are.
// * Every member wants to be Master, or is: those that want take over.
// * They advertise when each has its addresses, and announce them again together.
// * A member is not Master any more: the others step down. No priority 0 (somebody better was
//   heard), but a final advertisement each, so that the winner announces every member's addresses
//   again. One that has only just started, and knows of no Master, is waited for.
// * Their tracks are judged together: each member has the lowest sum of all, and a fault of one is
//   a fault of all. They leave for it as planned, each until it has heard its new Master.
// * A member has failed: the others release their addresses, and wait until it is back.
// * Members that leave remove their addresses together, when each has heard its new Master.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "vrrp/instance.h"

namespace evenkeel::vrrp {

struct GroupStep {
  std::size_t member = 0;
  Event event;
};

/// The next event for a member, or nothing: the group is at rest. After every event that any member
/// has handled: ask, let the member handle the answer, and ask again. It ends: each step changes
/// its member's state.
[[nodiscard]] std::optional<GroupStep> group_step(std::span<const Instance* const> members);

/// For Leave::at_least of each member: the other side's group takes over when its slowest member
/// wants to.
[[nodiscard]] Duration group_leave_limit(std::span<const Instance* const> members);

}  // namespace evenkeel::vrrp
