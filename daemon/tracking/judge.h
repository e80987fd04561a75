// Results of the checks and services that tracks follow, from the balancer's health.
//
// Pure.
#pragma once

#include <vector>

#include "daemon/balancer/balancer.h"
#include "vrrp/track.h"

namespace evenkeel::daemon {

[[nodiscard]] vrrp::TrackResult judge(const ServerCheck& check, const ServerState& state);
/// `counts_servers`: the number is of real servers that are down; else 0.
[[nodiscard]] vrrp::TrackResult judge(const ServiceHealth& service, bool counts_servers);

/// Every check and service of the configuration's `tracked`, in its order.
[[nodiscard]] std::vector<vrrp::NamedTrackResult> judge(const Balancer& balancer);

}  // namespace evenkeel::daemon
