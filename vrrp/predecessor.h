// What the process before us has left: in the shared page and on the interfaces. Pure.
#pragma once

#include <optional>
#include <vector>

#include "vrrp/config.h"
#include "vrrp/instance.h"
#include "vrrp/link_monitor.h"
#include "vrrp/shared_page.h"

namespace evenkeel::vrrp {

/// How to begin: Resume; or Startup, with what was held released first where a peer may still take
/// us for the Master. `may_stay`: false = who resumes hands over at once, as an operator's failover
/// does, so that the addresses are here until a peer has them. `record`: nothing = there was
/// nobody. `interface`: nullptr = it is missing.
[[nodiscard]] std::vector<Event> start_events(const std::optional<PageRecord>& record,
                                              const Interface* interface,
                                              const InstanceConfig& config, bool may_stay,
                                              TimePoint now);

/// An address of ours on the host belongs to an instance that was Master: its own to resume or to
/// release. Everything else of ours goes before the first timer is armed.
[[nodiscard]] bool is_taken_up(const InstalledAddress& leftover,
                               const std::optional<PageRecord>& record, const Interface* interface,
                               const InstanceConfig& config);

}  // namespace evenkeel::vrrp
