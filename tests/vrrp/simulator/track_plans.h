// What the nodes of a run follow, what becomes of it, and who must be Master in the end: by the
// manual's rules, and not by vrrp/track_sum.h.
#pragma once

#include <optional>

#include "random.h"
#include "scenario.h"

namespace evenkeel::vrrp::simulator {

/// Gives every node tracks, and adds what becomes of them: from faults_from until quiet_at, which
/// moves. In the end each has held or failed.
void draw_tracks(Random& random, Scenario& scenario);

/// The track that such a fault is about; nullptr: there is none.
[[nodiscard]] const TrackConfig* track_of(const Scenario& scenario, const Fault& fault);
[[nodiscard]] TracksJudged judged(const TrackConfig& track, const Fault& fault);

/// The priority that a node has in the end; nothing: it may not serve.
[[nodiscard]] std::optional<std::uint8_t> priority_in_the_end(const Scenario& scenario,
                                                              std::size_t node, std::size_t router);

}  // namespace evenkeel::vrrp::simulator
