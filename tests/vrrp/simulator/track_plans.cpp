#include "track_plans.h"

#include <algorithm>
#include <string>

#include "vrrp/timers.h"

namespace evenkeel::vrrp::simulator {
namespace {

using namespace std::chrono_literals;

/// `router` of a fault that is about a track of the group.
constexpr std::uint8_t kGroup = kMaxRoutersDrawn;

const std::vector<TrackConfig>& tracks_of(const NodePlan& node, std::uint8_t router) {
  return router == kGroup ? node.group_tracks : node.tracks[router];
}

std::vector<TrackConfig> some_tracks(Random& random, const std::string& prefix, bool is_owner) {
  std::vector<TrackConfig> tracks(1 + random.below(3));
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    TrackConfig& track = tracks[i];
    track.kind = random.percent(50)   ? TrackKind::Script
                 : random.percent(60) ? TrackKind::Check
                                      : TrackKind::Gateway;
    track.name = prefix + std::to_string(i);
    if (is_owner || random.percent(25)) continue;
    const bool is_number = random.percent(25);
    track.effect = is_number ? TrackEffect::Number : TrackEffect::Weight;
    const auto size = static_cast<std::int16_t>(1 + random.below(is_number ? 3 : 120));
    track.weight = random.percent(50) ? size : static_cast<std::int16_t>(-size);
  }
  return tracks;
}

Fault some_result(Random& random, Duration at, bool is_last) {
  constexpr TrackState kStates[] = {TrackState::Holds, TrackState::Fails, TrackState::Holds,
                                    TrackState::Fails, TrackState::CannotRun};
  Fault fault{at, FaultKind::Track};
  fault.state = kStates[random.below(is_last ? 2 : std::size(kStates))];
  fault.number = static_cast<std::int16_t>(random.below(41)) - 20;
  return fault;
}

/// By the rules; of a track that has held or failed last.
std::int32_t applied(const TrackConfig& track, const Fault& last) {
  const bool fails = last.state == TrackState::Fails;
  if (track.effect == TrackEffect::Number) return track.weight * last.number;
  if (track.effect == TrackEffect::Fault) return 0;
  if (track.weight < 0) return fails ? track.weight : 0;
  return fails ? 0 : track.weight;
}

struct Outcome {
  std::int32_t sum = 0;
  bool has_failed = false;
};

const Fault& last_of(const Scenario& scenario, std::size_t node, std::uint8_t router,
                     std::size_t track) {
  return *std::find_if(scenario.faults.rbegin(), scenario.faults.rend(), [&](const Fault& fault) {
    return fault.kind == FaultKind::Track && fault.node == node && fault.router == router &&
           fault.value == track;
  });
}

/// A gateway has failed, and every check: of the router and of the group.
bool is_cut_off(const Scenario& scenario, std::size_t node, std::uint8_t router) {
  std::size_t gateways_lost = 0, checks = 0, checks_lost = 0;
  for (const std::uint8_t each : {router, kGroup}) {
    const std::vector<TrackConfig>& tracks = tracks_of(scenario.nodes[node], each);
    for (std::size_t i = 0; i < tracks.size(); ++i) {
      const bool fails = last_of(scenario, node, each, i).state == TrackState::Fails;
      if (tracks[i].kind == TrackKind::Gateway && fails) ++gateways_lost;
      if (tracks[i].kind != TrackKind::Check) continue;
      ++checks;
      if (fails) ++checks_lost;
    }
  }
  return gateways_lost > 0 && checks > 0 && checks == checks_lost;
}

/// Of the tracks of `owner`, as they count for `router`: its own, or the group's.
Outcome outcome(const Scenario& scenario, std::size_t node, std::uint8_t owner,
                std::uint8_t router) {
  Outcome result;
  const std::vector<TrackConfig>& tracks = tracks_of(scenario.nodes[node], owner);
  const bool no_checks = is_cut_off(scenario, node, router);
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    if (no_checks && tracks[i].kind == TrackKind::Check) continue;
    const Fault& last = last_of(scenario, node, owner, i);
    result.sum += applied(tracks[i], last);
    result.has_failed = result.has_failed ||
                        (tracks[i].effect == TrackEffect::Fault && last.state == TrackState::Fails);
  }
  return result;
}

}  // namespace

void draw_tracks(Random& random, Scenario& scenario) {
  const auto intervals = [&](int most) { return random.between(0s, most * scenario.interval); };
  std::vector<Fault> all;  // one of each track
  for (std::size_t number = 0; number < scenario.nodes.size(); ++number) {
    NodePlan& node = scenario.nodes[number];
    const bool is_owner = node.priority == kOwnerPriority;
    if (!is_owner && random.percent(30)) node.preempt_margin = 20;
    for (std::uint8_t router = 0; router < scenario.routers; ++router) {
      node.tracks[router] = some_tracks(random, "t", is_owner);
    }
    if (scenario.is_grouped) node.group_tracks = some_tracks(random, "g", is_owner);
    for (std::uint8_t router = 0; router <= kGroup; ++router) {
      for (std::size_t i = 0; i < tracks_of(node, router).size(); ++i) {
        Fault fault{{}, FaultKind::Track, static_cast<std::uint8_t>(number)};
        fault.router = router;
        fault.value = static_cast<std::uint8_t>(i);
        all.push_back(fault);
      }
    }
  }
  const auto add = [&](Duration at, const Fault& track, bool is_last) {
    Fault fault = some_result(random, at, is_last);
    fault.node = track.node;
    fault.router = track.router;
    fault.value = track.value;
    scenario.faults.push_back(fault);
  };
  const std::size_t count = 3 + random.below(30);
  for (std::size_t i = 0; i < count; ++i) {
    scenario.quiet_at += random.percent(30) ? random.between(0s, 5ms) : intervals(4);
    add(scenario.quiet_at, all[random.below(all.size())], false);
    if (random.percent(6)) {
      scenario.faults.push_back(
          {scenario.quiet_at + intervals(1), FaultKind::FailoverMaster, 0, 0, 0, 0, intervals(6)});
    }
    if (!random.percent(6)) continue;
    scenario.quiet_at += 11s;
    scenario.faults.push_back({scenario.quiet_at, FaultKind::KillVrrpOfMaster, 0, 0, 0, 0,
                               random.between(1ms, std::max<Duration>(1ms, scenario.interval))});
  }
  scenario.quiet_at += 7 * scenario.interval;
  for (const Fault& track : all) add(scenario.quiet_at, track, true);
}

const TrackConfig* track_of(const Scenario& scenario, const Fault& fault) {
  const auto& tracks = tracks_of(scenario.nodes[fault.node], fault.router);
  return fault.value < tracks.size() ? &tracks[fault.value] : nullptr;
}

TracksJudged judged(const TrackConfig& track, const Fault& fault) {
  return {{{track.kind, track.name, {.state = fault.state, .number = fault.number}}}};
}

std::optional<std::uint8_t> priority_in_the_end(const Scenario& scenario, std::size_t node,
                                                std::size_t router) {
  const auto one = static_cast<std::uint8_t>(router);
  Outcome own = outcome(scenario, node, one, one);
  if (scenario.is_grouped) {
    const auto two = static_cast<std::uint8_t>(1 - router);
    const Outcome other = outcome(scenario, node, two, two);
    const Outcome group = outcome(scenario, node, kGroup, one);
    own.sum = std::min(own.sum, other.sum) + group.sum;
    own.has_failed = own.has_failed || other.has_failed || group.has_failed ||
                     outcome(scenario, node, kGroup, two).has_failed;
  }
  if (own.has_failed) return std::nullopt;
  const int base = scenario.nodes[node].priority;
  if (base == kOwnerPriority) return kOwnerPriority;
  return static_cast<std::uint8_t>(std::clamp(base + own.sum, 1, 254));
}

}  // namespace evenkeel::vrrp::simulator
