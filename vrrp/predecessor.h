// How an instance begins, by the state that the process before has left in the shared page and on
// the interfaces. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vrrp/instance_events.h"
#include "vrrp/shared_page.h"

namespace evenkeel::vrrp {

/// What the vrrp process before this one left in the shared page, and on the interface.
struct PreviousRun {
  bool was_master = false;         ///< and not leaving
  bool left_unanswered = false;    ///< it left as planned, and nobody took over
  TimePoint last_advertisement{};  ///< sent by it
  bool has_addresses = false;      ///< some are on the interface
};

enum class StartMode : std::uint8_t {
  Fresh,     ///< there was nobody, or no Master
  HandOver,  ///< too late to resume: what is still there stays until a peer has it
  Resume,    ///< as if nothing had happened
};

/// `record`: nothing = there was nobody. `has_any`: some of its addresses are on its interface; all
/// of them go at the same time, and what the kernel has refused never was there.
[[nodiscard]] PreviousRun previous_run_of(const std::optional<PageRecord>& record, bool has_any);

/// True: start with Resume. `interval`: ours.
[[nodiscard]] bool may_resume(const PreviousRun& previous, Duration interval, TimePoint now);

/// Of one instance. `interval`: ours.
[[nodiscard]] StartMode start_mode_of(const PreviousRun& previous, Duration interval,
                                      TimePoint now);

/// The members of a sync group all resume, or all hand over, or all begin afresh. A member whose
/// addresses are gone hands over with the others, and holds none.
void agree(std::span<StartMode> members);

/// `may_stay`: false = something is wrong with this process: an instance that resumes hands over at
/// once, as at an operator's failover, and keeps the addresses until a peer has them; one that was
/// Master does not preempt. `is_owner`: its addresses are the host's, and stay.
[[nodiscard]] std::vector<Event> start_events(StartMode mode, const PreviousRun& previous,
                                              bool may_stay, bool is_owner);

}  // namespace evenkeel::vrrp
