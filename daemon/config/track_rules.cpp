#include "daemon/config/track_rules.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace evenkeel::daemon {

using vrrp::TrackConfig;
using vrrp::TrackEffect;
using vrrp::TrackKind;

namespace {

static_assert(vrrp::kMaxTracks == 64, "evenkeel.toml(5) says so");

/// The tracks of one instance or group.
template <typename Key>
class TrackRules {
 public:
  TrackRules(const std::vector<TrackConfig>& tracks, std::size_t owner, const char* what,
             std::vector<VrrpContradiction>& found)
      : tracks_(tracks), owner_(owner), what_(what), found_(found) {}

  void judge_repetitions() {
    std::map<std::pair<TrackKind, std::string_view>, std::size_t> places;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
      const auto [first, is_new] = places.try_emplace({tracks_[i].kind, tracks_[i].name}, i);
      if (is_new) continue;
      add(i,
          "the " + std::string(fields::name(tracks_[i].kind)) + " \"" + tracks_[i].name +
              "\" is followed by this " + what_ + " already",
          first->second);
    }
    if (tracks_.size() <= vrrp::kMaxTracks) return;
    add(vrrp::kMaxTracks, std::string("this ") + what_ + " follows " +
                              std::to_string(tracks_.size()) + " things: at most " +
                              std::to_string(vrrp::kMaxTracks) + " can be");
  }

  /// The node that has a virtual address never answers itself for it.
  void judge_gateways(const std::map<std::string_view, std::string>& virtual_ones) {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
      if (tracks_[i].kind != TrackKind::Gateway) continue;
      const auto found = virtual_ones.find(tracks_[i].name);
      if (found == virtual_ones.end()) continue;
      add(i, "the gateway is a virtual address of \"" + found->second +
                 "\": the node that has it gets no answer");
    }
  }

  /// `owner`: the instance with priority 255; "" where it is this one.
  void judge_weights(const std::string& owner) {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
      if (tracks_[i].effect == TrackEffect::Fault) continue;
      add(i, (owner.empty() ? "what is followed with a weight cannot be with priority 255"
                            : "what is followed with a weight cannot be while \"" + owner +
                                  "\" of the group has priority 255") +
                 std::string(": the owner's priority stays"));
      found_.back().rests_on = {"priority"};
    }
  }

 private:
  [[nodiscard]] VrrpSpot spot(std::size_t place) const {
    return {.index = owner_,
            .key = list_key_of<Key>(tracks_[place].kind),
            .element = place_in_list(tracks_, place)};
  }
  void add(std::size_t place, const std::string& message,
           std::optional<std::size_t> earlier = std::nullopt) {
    found_.push_back({.at = spot(place), .message = message});
    if (earlier) found_.back().earlier = spot(*earlier);
  }

  const std::vector<TrackConfig>& tracks_;
  std::size_t owner_;
  const char* what_;
  std::vector<VrrpContradiction>& found_;
};

/// A member that is the owner of its addresses; nothing: there is none.
const vrrp::InstanceConfig* owner_in(const vrrp::Config& config,
                                     const vrrp::SyncGroupConfig& group) {
  const auto found = std::find_if(
      config.instances.begin(), config.instances.end(), [&](const vrrp::InstanceConfig& instance) {
        return instance.priority == vrrp::kOwnerPriority &&
               std::find(group.instances.begin(), group.instances.end(), instance.name) !=
                   group.instances.end();
      });
  return found == config.instances.end() ? nullptr : &*found;
}

/// Gateways that are virtual addresses, by their tracks' names, and whose.
std::map<std::string_view, std::string> virtual_gateways(const vrrp::Config& config) {
  std::map<std::string_view, std::string> found;
  if (config.gateways.empty()) return found;
  std::map<vrrp::Address, std::string_view> owners;
  for (const vrrp::InstanceConfig& instance : config.instances) {
    for (const auto* addresses : {&instance.virtual_addresses, &instance.extra_addresses}) {
      for (const vrrp::InterfaceAddress& each : *addresses) {
        owners.try_emplace(each.address, instance.name);
      }
    }
  }
  for (const vrrp::GatewayConfig& gateway : config.gateways) {
    const auto owner = owners.find(gateway.address);
    if (owner != owners.end()) found.emplace(gateway.name, owner->second);
  }
  return found;
}

}  // namespace

std::size_t place_in_list(const std::vector<TrackConfig>& tracks, std::size_t place) {
  const auto end = tracks.begin() + static_cast<std::ptrdiff_t>(place);
  return static_cast<std::size_t>(std::count_if(tracks.begin(), end, [&](const TrackConfig& each) {
    return each.kind == tracks[place].kind;
  }));
}

std::string idle_weights_warning(const vrrp::InstanceConfig& instance,
                                 const std::vector<NodePriority>& priorities) {
  std::int64_t lost = 0, gained = 0;
  for (const TrackConfig& track : instance.tracks) {
    if (track.effect == TrackEffect::Number) return "";  // it may be anything
    if (track.weight < 0) lost -= track.weight;
    if (track.weight > 0) gained += track.weight;
  }
  if (lost == 0 && gained == 0) return "";
  if (!instance.preempt) {
    return "\"weight\" moves no master with preempt = false: nobody takes over from a master whose "
           "priority has fallen; without a weight it gives up";
  }
  if (priorities.size() < 2) return "";
  const auto bounded = [](std::int64_t priority) {
    return std::clamp<std::int64_t>(priority, 1, vrrp::kOwnerPriority - 1);
  };
  const auto& [highest, preferred] = priorities.back();
  const auto& [next, other] = priorities[priorities.size() - 2];
  const std::int64_t fallen = bounded(highest - lost), risen = bounded(next + gained);
  if (risen > fallen + instance.preempt_margin) return "";
  return "the weights are too small: with everything that it follows failing, \"" +
         std::string(preferred) + "\" has priority " + std::to_string(fallen) + " and \"" +
         std::string(other) + "\" " + std::to_string(risen) + ", so that the master stays";
}

void find_track_contradictions(const vrrp::Config& config, std::vector<VrrpContradiction>& found) {
  const auto virtual_ones = virtual_gateways(config);
  for (std::size_t i = 0; i < config.instances.size(); ++i) {
    const vrrp::InstanceConfig& instance = config.instances[i];
    TrackRules<InstanceKey> rules(instance.tracks, i, "instance", found);
    rules.judge_repetitions();
    rules.judge_gateways(virtual_ones);
    if (instance.priority == vrrp::kOwnerPriority) rules.judge_weights("");
  }
  for (std::size_t g = 0; g < config.sync_groups.size(); ++g) {
    const vrrp::SyncGroupConfig& group = config.sync_groups[g];
    if (group.tracks.empty()) continue;
    TrackRules<GroupKey> rules(group.tracks, g, "sync group", found);
    rules.judge_repetitions();
    rules.judge_gateways(virtual_ones);
    if (const auto* owner = owner_in(config, group)) rules.judge_weights(owner->name);
  }
}

std::string unit_of_another(const Config& config) {
  // Instances of one group are one owner; names of instances and groups may be the same.
  std::map<std::string_view, std::string> groups;
  for (const vrrp::SyncGroupConfig& group : config.vrrp.sync_groups) {
    for (const std::string& member : group.instances) groups[member] = "sync group " + group.name;
  }
  const auto owner_of = [&](const std::string& instance) {
    const auto group = groups.find(instance);
    return group == groups.end() ? "instance " + instance : group->second;
  };
  std::map<std::string_view, std::string> owners;
  for (const auto& [name, hooks] : config.instance_hooks) {
    for (const std::string& unit : hooks.units) owners[unit] = owner_of(name);
  }
  for (const auto& [name, hooks] : config.group_hooks) {
    for (const std::string& unit : hooks.units) owners[unit] = "sync group " + name;
  }
  const auto problem_of = [&](const std::string& follower, const std::vector<TrackConfig>& tracks) {
    for (const TrackConfig& track : tracks) {
      const auto owner = owners.find(track.name);
      if (track.kind != TrackKind::Unit || owner == owners.end()) continue;
      if (owner->second == follower) continue;
      return follower + ": \"track_units\" names " + track.name + ", which the " + owner->second +
             " starts and stops: only its owner, or one of the same sync group, can follow it";
    }
    return std::string();
  };
  std::string problem;
  for (const vrrp::InstanceConfig& each : config.vrrp.instances) {
    if (problem.empty()) problem = problem_of(owner_of(each.name), each.tracks);
  }
  for (const vrrp::SyncGroupConfig& each : config.vrrp.sync_groups) {
    if (problem.empty()) problem = problem_of("sync group " + each.name, each.tracks);
  }
  return problem;
}

}  // namespace evenkeel::daemon
