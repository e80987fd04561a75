// [vrrp]: instances, sync groups, and what must hold between them.
//
// Pure. Internal to daemon/config: includes toml++.
#pragma once

#include <vector>

#include "daemon/config/parse_tracks.h"
#include "vrrp/config.h"

namespace evenkeel::daemon {

/// Everything but address_lease, which is in [global]. Complete only when nothing was reported.
/// Fills in the instances, the sync groups, and the hooks of both.
void parse_vrrp(const std::vector<PlacedTable>& instances,
                const std::vector<PlacedTable>& sync_groups, TrackParser& tracks, Context& context,
                Config& into);

}  // namespace evenkeel::daemon
