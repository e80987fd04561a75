#include "daemon/tracking/judge.h"

namespace evenkeel::daemon {

using checks::Health;
using checks::Reason;
using vrrp::TrackKind;
using vrrp::TrackResult;
using vrrp::TrackState;

namespace {

/// Of a check that fails. A probe that could not be made is not what it fails for.
std::string failure(const CheckState& state, const checks::Check& check) {
  if (!state.last) return "";
  if (state.last->reason == Reason::Passed) return "passes again" + progress(state, check);
  const std::string last = describe(*state.last);
  return state.last->reason == Reason::LocalError ? last + "; its last verdict stands" : last;
}

}  // namespace

TrackResult judge(const ServerCheck& check, const ServerState& state) {
  const CheckState& one = state.checks().front();
  TrackResult result;
  result.is_stale = one.is_silent && one.last.has_value();
  if (one.verdict.is_stale()) {
    result.state = TrackState::CannotRun;
    if (one.last) result.reason = describe(*one.last);
    return result;
  }
  switch (state.health()) {
    case Health::Unknown:
      break;
    case Health::Up:
      result.state = TrackState::Holds;
      if (one.last && one.last->reason != Reason::Passed) {
        result.reason = describe(*one.last) + progress(one, check.check);
      }
      break;
    case Health::Down:
      result.state = TrackState::Fails;
      result.reason = failure(one, check.check);
      break;
  }
  return result;
}

TrackResult judge(const ServiceHealth& service, bool counts_servers) {
  TrackResult result;
  result.is_stale = service.is_stale;
  if (counts_servers) result.number = static_cast<std::int32_t>(service.down);
  if (service.is_blind) {
    result.state = TrackState::CannotRun;
    result.reason = "no real server can be checked";
  } else if (!service.is_known) {
    result.reason = "starting";
  } else if (service.has_quorum) {
    result.state = TrackState::Holds;
  } else {
    result.state = TrackState::Fails;
    result.reason = "quorum lost (" + std::to_string(service.weight_up) + " of " +
                    std::to_string(service.quorum) + ")";
  }
  return result;
}

std::vector<vrrp::NamedTrackResult> judge(const Balancer& balancer) {
  const Config& config = *balancer.config();
  std::vector<vrrp::NamedTrackResult> results;
  results.reserve(config.tracked.checks.size() + config.tracked.services.size());
  for (std::size_t i = 0; i < config.tracked.checks.size(); ++i) {
    const ServerCheck& check = config.tracked.checks[i];
    results.push_back({.kind = TrackKind::Check,
                       .name = check.name,
                       .result = judge(check, balancer.tracked_check(i))});
  }
  for (const TrackedService& service : config.tracked.services) {
    results.push_back(
        {.kind = TrackKind::Service,
         .name = config.services[service.service].name,
         .result = judge(balancer.health_of(service.service), service.counts_servers)});
  }
  return results;
}

}  // namespace evenkeel::daemon
