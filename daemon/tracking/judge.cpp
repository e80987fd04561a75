#include "daemon/tracking/judge.h"

namespace evenkeel::daemon {

using checks::Health;
using checks::Reason;
using vrrp::TrackKind;
using vrrp::TrackResult;
using vrrp::TrackState;

namespace {

std::string progress(std::uint16_t count, std::uint16_t of) {
  return " (" + std::to_string(count) + " of " + std::to_string(of) + ")";
}

std::string cause(const CheckState& check) {
  return check.last ? describe(*check.last) : "";
}

}  // namespace

TrackResult judge(const ServerCheck& check, const ServerState& state) {
  const CheckState& one = state.checks().front();
  TrackResult result;
  result.is_stale = one.is_silent && one.last.has_value();
  if (one.verdict.is_stale()) {
    result.state = TrackState::CannotRun;
    result.reason = cause(one);
    return result;
  }
  const bool has_passed = one.last && one.last->reason == Reason::Passed;
  switch (state.health()) {
    case Health::Unknown:
      break;
    case Health::Up:
      result.state = TrackState::Holds;
      if (one.last && !has_passed && one.verdict.against() > 0) {
        result.reason = describe(*one.last) + progress(one.verdict.against(), check.check.fall);
      }
      break;
    case Health::Down:
      result.state = TrackState::Fails;
      result.reason = has_passed
                          ? "passes again" + progress(one.verdict.against(), check.check.rise)
                          : cause(one);
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
