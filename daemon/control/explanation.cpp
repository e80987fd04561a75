#include "daemon/control/explanation.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "daemon/control/append.h"
#include "vrrp/preemption.h"
#include "vrrp/track_sum.h"

namespace evenkeel::daemon {
namespace {

using vrrp::InstanceConfig;
using vrrp::InstanceStatus;
using vrrp::Preemption;
using vrrp::State;
using vrrp::TrackEffect;
using vrrp::TrackState;
using vrrp::TrackStatus;

/// Tracks that are told of; `evenkeel vrrp` has all.
constexpr std::size_t kTracksTold = 8;

/// The priority if one of its tracks changed.
struct Supposed {
  std::uint8_t priority = 0;
  bool is_at_most = false;  ///< what another member of its sync group follows may keep it lower
};
std::string to_string(const Supposed& supposed) {
  return "priority " + std::to_string(supposed.priority) + (supposed.is_at_most ? " at most" : "");
}

std::string name_of(const TrackStatus& track) {
  return std::string(name(track.kind)) + " " + track.name;
}

/// A track whose result is no state counts by the part that it has.
bool is_counted_as_failing(const TrackStatus& track) {
  if (track.state != TrackState::CannotRun) return track.state == TrackState::Fails;
  if (track.effect != TrackEffect::Weight) return track.is_fault;
  return (track.weight < 0) == (track.applied != 0);
}

/// The track as the election has it (vrrp/following.h).
vrrp::FollowedTrack followed(const TrackStatus& track) {
  vrrp::FollowedTrack result{.config = {track.kind, track.name, track.effect, track.weight},
                             .result = {.state = track.state},
                             .has_held = !is_counted_as_failing(track)};
  if (track.effect == TrackEffect::Number && track.weight != 0) {
    result.number = track.applied / track.weight;
  }
  return result;
}

class Explainer {
 public:
  explicit Explainer(const InstanceSnapshot& instance)
      : instance_(instance), config_(instance.config), status_(instance.status) {}

  Explanation take() {
    switch (status_.state) {
      case State::Initialize:
        initialize();
        break;
      case State::Backup:
        backup();
        break;
      case State::Master:
        master();
        break;
    }
    parts_of_priority();
    if (status_.is_cut_off) result_.because.emplace_back(vrrp::kCutOff);
    return std::move(result_);
  }

 private:
  template <typename... Parts>
  static void say(std::vector<std::string>& lines, const Parts&... parts) {
    append(lines.emplace_back(), parts...);
  }

  /// "priority - 30: check local_nginx: connect refused"
  void parts_of_priority() {
    std::size_t told = 0;
    for (const TrackStatus& track : status_.tracks) {
      if (track.applied == 0 || told++ >= kTracksTold) continue;
      say_part(track.applied, vrrp::to_string(track));
    }
    if (status_.by_members != 0) {
      say_part(status_.by_members, "what other members of " + instance_.sync_group + " follow");
    }
  }
  void say_part(std::int32_t part, const std::string& by) {
    say(result_.because, "priority ", part < 0 ? "- " : "+ ",
        static_cast<std::uint32_t>(std::abs(part)), ": ", by);
  }

  void initialize() {
    for (const TrackStatus& track : status_.tracks) {
      if (!track.is_fault) continue;
      if (result_.because.size() == kTracksTold) break;
      say(result_.because, vrrp::to_string(track), "; no weight, so that is a fault");
    }
    const bool is_fault = status_.reason == vrrp::Reason::TrackFailed;
    if (!is_fault || result_.because.empty()) {
      result_.because.insert(result_.because.begin(), reason_with_interface());
    }
    if (is_fault) {
      say(result_.changes, "all that it follows without a weight holds: it takes part again");
    } else if (status_.reason == vrrp::Reason::GroupMemberDown) {
      say(result_.changes, "no other member of ", instance_.sync_group,
          " is in INITIALIZE: it takes part again");
    } else {
      say(result_.changes, "that is over: it takes part again, as BACKUP first");
    }
  }

  /// "interface is down: eth0"
  [[nodiscard]] std::string reason_with_interface() const {
    using enum vrrp::Reason;
    const vrrp::Reason reason = status_.reason;
    const bool is_of_unicast = reason == UnicastInterfaceMissing || reason == UnicastInterfaceDown;
    const bool is_of_interface =
        reason == InterfaceMissing || reason == InterfaceDown || reason == NoSourceAddress;
    std::string text(to_string(reason));
    if (is_of_unicast) text += ": " + config_.unicast_interface;
    if (is_of_interface) text += ": " + config_.interface;
    return text;
  }

  void master() {
    result_.because.push_back(vrrp::explanation(status_));
    if (status_.is_leaving) {
      say(result_.changes, "another master is heard: it removes the addresses");
      return;
    }
    say(result_.changes, "a node advertises more than priority ", status_.priority,
        ": it gives way");
    std::size_t told = 0;
    for (std::size_t i = 0; i < status_.tracks.size() && told < kTracksTold; ++i) {
      const TrackStatus& track = status_.tracks[i];
      if (is_counted_as_failing(track)) continue;
      const Supposed supposed = suppose(i, TrackState::Fails);
      if (track.effect == TrackEffect::Fault) {
        say(result_.changes, name_of(track), " fails: it hands over, and is in INITIALIZE");
      } else if (supposed.priority != status_.priority) {
        say(result_.changes, name_of(track), " fails: ", to_string(supposed));
      } else {
        continue;
      }
      ++told;
    }
  }

  void backup() {
    if (!status_.master) {
      say(result_.because, "no master has been heard");
      say(result_.changes, "none is heard for ", status_.master_down_interval, ": it takes over");
      return;
    }
    const auto priority = priority_of_master();
    const bool is_better = !priority || is_beaten(*priority, status_.priority);
    if (!is_better) {
      compare(*priority);
    } else {
      say(result_.because, "another node is master, ", *status_.master);
    }
    what_keeps_it_back(is_better);
    if (!is_better && preemption() == Preemption::Allowed) what_makes_it_better(*priority);
    say(result_.changes, "the master releases the addresses, or is silent for ",
        status_.master_down_interval, ": it takes over");
  }

  [[nodiscard]] std::optional<std::uint8_t> priority_of_master() const {
    const auto peer =
        std::find_if(status_.peers.begin(), status_.peers.end(),
                     [&](const vrrp::Peer& each) { return each.address == *status_.master; });
    if (peer == status_.peers.end()) return std::nullopt;
    return peer->priority;
  }
  [[nodiscard]] bool is_beaten(std::uint8_t masters, std::uint8_t ours) const {
    return vrrp::is_beaten(masters, ours, config_);
  }
  [[nodiscard]] Preemption preemption() const { return vrrp::preemption(config_, status_); }

  void compare(std::uint8_t masters) {
    say(result_.because, "master ", *status_.master, " has priority ", masters, ", this node ",
        status_.priority);
    if (masters < status_.priority) {
      say(result_.because, "preempt_margin = ", config_.preempt_margin,
          ": it takes over from one that is lower by more");
    }
  }

  /// Only called where nothing else keeps it from preempting.
  void what_makes_it_better(std::uint8_t masters) {
    std::size_t told = 0;
    for (std::size_t i = 0; i < status_.tracks.size() && told < kTracksTold; ++i) {
      const Supposed better = suppose(i, TrackState::Holds);
      if (!is_beaten(masters, better.priority)) continue;
      say(result_.changes, name_of(status_.tracks[i]), " holds: ", to_string(better),
          better.is_at_most ? "" : ", and it preempts");
      ++told;
    }
    const int limit = status_.priority - config_.preempt_margin;
    if (limit > 1) {
      say(result_.changes, "the master falls below priority ", static_cast<std::uint32_t>(limit),
          ": it preempts");
    }
  }

  /// `is_better`: it is better than the master.
  void what_keeps_it_back(bool is_better) {
    const std::string_view then = is_better ? ": it preempts" : ": it may preempt";
    switch (preemption()) {
      case Preemption::Off:
        say(result_.because, "preempt = false: it takes nothing from a living master");
        return;
      case Preemption::Held:
        say(result_.because, "it is held");
        say(result_.changes, "`evenkeel resume`", then);
        return;
      case Preemption::NotReady:
        say(result_.because, "the first round of checks is not over, or has told nothing");
        say(result_.changes, "the checks have told something", then);
        return;
      case Preemption::Unknown: {
        const std::string track = name_of(*status_.unknown_track());
        say(result_.because, track, " has no result yet");
        say(result_.changes, track, " has one", then);
        return;
      }
      case Preemption::Allowed:
        break;
    }
    if (!is_better) return;
    if (config_.preempt_delay > vrrp::Duration::zero()) {
      say(result_.because, "preempt_delay = ", config_.preempt_delay);
    } else if (!instance_.sync_group.empty()) {
      say(result_.because, "it waits for the other members of ", instance_.sync_group);
    }
  }

  struct Sums {
    std::int32_t own = 0;
    std::int32_t group = 0;
  };
  /// Of what the instance and its sync group follow, if one of the tracks were in a state.
  [[nodiscard]] Sums sums(std::optional<std::size_t> changed = {},
                          TrackState state = TrackState::Holds) const {
    std::vector<vrrp::FollowedTrack> own, group;
    for (std::size_t i = 0; i < status_.tracks.size(); ++i) {
      vrrp::FollowedTrack track = followed(status_.tracks[i]);
      if (i == changed) {
        track.result.state = state;
        if (state == TrackState::Holds) track.number = 0;
      }
      (status_.tracks[i].is_of_group ? group : own).push_back(std::move(track));
    }
    const bool is_cut_off = vrrp::is_cut_off(own, group);
    return {vrrp::sum_of(own, is_cut_off).sum, vrrp::sum_of(group, is_cut_off).sum};
  }

  [[nodiscard]] Supposed suppose(std::size_t changed, TrackState state) const {
    const std::int32_t own_now = sums().own;
    const auto [own, group] = sums(changed, state);
    // The lowest of all members counts. Where that is this one's, the others' are not known here.
    const bool is_lowest = status_.by_members == 0;
    const std::int32_t lowest = is_lowest ? own : std::min(own, own_now + status_.by_members);
    return {vrrp::effective_priority(config_.priority, lowest + group),
            is_lowest && own > own_now && !instance_.sync_group.empty()};
  }

  const InstanceSnapshot& instance_;
  const InstanceConfig& config_;
  const InstanceStatus& status_;
  Explanation result_;
};

void append_lines(std::string& out, std::string_view title, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    append(out, "  ", i == 0 ? title : std::string_view("       "), "  ", Printable{lines[i]},
           "\n");
  }
}

}  // namespace

Explanation explain(const InstanceSnapshot& instance) {
  return Explainer(instance).take();
}

void append_explanation(std::string& out, const InstanceSnapshot& instance,
                        std::chrono::system_clock::time_point now, bool color) {
  append(out, Printable{instance.config.name}, "   ",
         Colored{instance.status.state == State::Initialize ? Color::Red : Color::Green, color,
                 vrrp::to_string(instance.status.state)});
  if (instance.since.time_since_epoch().count() != 0) {
    append(out, " since ", Age{now - instance.since});
  }
  append(out, ", priority ", instance.status.priority);
  if (instance.status.priority != instance.config.priority) {
    append(out, " of ", instance.config.priority);
  }
  append(out,
         instance.is_stale ? "; the vrrp process is away, this is the last that is known\n" : "\n");
  const Explanation explanation = explain(instance);
  append_lines(out, "because", explanation.because);
  append_lines(out, "if     ", explanation.changes);
}

}  // namespace evenkeel::daemon
