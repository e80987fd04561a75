#include "daemon/control/explanation.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "daemon/control/append.h"
#include "vrrp/track_sum.h"

namespace evenkeel::daemon {
namespace {

using vrrp::InstanceConfig;
using vrrp::InstanceStatus;
using vrrp::State;
using vrrp::TrackEffect;
using vrrp::TrackState;
using vrrp::TrackStatus;

/// Tracks that are told of; `evenkeel vrrp` has all.
constexpr std::size_t kTracksTold = 8;

std::string name_of(const TrackStatus& track) {
  return std::string(name(track.kind)) + " " + track.name;
}

/// The change of the priority if the track held; or, where `holds` is false, if it failed.
std::int32_t gain(const TrackStatus& track, bool holds) {
  switch (track.effect) {
    case TrackEffect::Fault:
      return 0;
    case TrackEffect::Weight:
      return ((track.weight < 0) == !holds ? track.weight : 0) - track.applied;
    case TrackEffect::Number:
      return holds ? -track.applied : 0;
  }
  return 0;
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
    return std::move(result_);
  }

 private:
  template <typename... Parts>
  static void say(std::vector<std::string>& lines, const Parts&... parts) {
    append(lines.emplace_back(), parts...);
  }

  void initialize() {
    for (const TrackStatus& track : status_.tracks) {
      if (track.effect != TrackEffect::Fault || track.state != TrackState::Fails) continue;
      if (result_.because.size() == kTracksTold) break;
      say(result_.because, vrrp::to_string(track), "; it has no weight");
    }
    const bool is_fault = status_.reason == vrrp::Reason::TrackFailed;
    if (!is_fault || result_.because.empty()) {
      result_.because.insert(result_.because.begin(), std::string(to_string(status_.reason)));
    }
    if (is_fault) {
      say(result_.changes, "all that it follows without a weight holds: it takes part again");
    } else if (status_.reason == vrrp::Reason::GroupMemberDown) {
      say(result_.changes, "no other member of ", instance_.sync_group,
          " is in INITIALIZE: it takes part again");
    } else {
      say(result_.changes, "the reason ends: it takes part again, as BACKUP first");
    }
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
    for (const TrackStatus& track : status_.tracks) {
      if (track.state == TrackState::Fails || told == kTracksTold) continue;
      if (track.effect == TrackEffect::Fault) {
        say(result_.changes, name_of(track), " fails: it hands over, and is in INITIALIZE");
      } else if (gain(track, false) != 0) {
        say(result_.changes, name_of(track), " fails: priority ", with(gain(track, false)));
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
    if (priority && !is_beaten(*priority)) {
      compare(*priority);
    } else {
      waits_although_better();
    }
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
  [[nodiscard]] bool is_beaten(std::uint8_t priority, std::uint8_t ours) const {
    const int margin = ours == vrrp::kOwnerPriority ? 0 : config_.preempt_margin;
    return priority + margin < ours;
  }
  [[nodiscard]] bool is_beaten(std::uint8_t priority) const {
    return is_beaten(priority, status_.priority);
  }

  void compare(std::uint8_t masters) {
    say(result_.because, "master ", *status_.master, " has priority ", masters, ", this node ",
        status_.priority);
    if (masters < status_.priority) {
      say(result_.because, "preempt_margin = ", config_.preempt_margin,
          ": it takes over from one that is lower by more");
    }
    if (!preempts()) return;
    std::size_t told = 0;
    for (const TrackStatus& track : status_.tracks) {
      const std::uint8_t better = with(gain(track, true));
      if (!is_beaten(masters, better) || told++ == kTracksTold) continue;
      say(result_.changes, name_of(track), " holds: priority ", better, ", and it preempts");
    }
    const int limit = status_.priority - config_.preempt_margin;
    if (limit > 1) {
      say(result_.changes, "the master falls below priority ", static_cast<std::uint32_t>(limit),
          ": it preempts");
    }
  }

  [[nodiscard]] bool preempts() const {
    return config_.preempt || config_.priority == vrrp::kOwnerPriority;
  }

  void waits_although_better() {
    say(result_.because, "another node is master, ", *status_.master);
    if (!preempts()) {
      say(result_.because, "preempt = false: it takes nothing from a living master");
    } else if (status_.is_held) {
      say(result_.because, "it is held");
      say(result_.changes, "`evenkeel resume`: it preempts");
    } else if (!status_.is_ready) {
      say(result_.because, "the first round of checks is not over, or has told nothing");
      say(result_.changes, "the checks have told something: it preempts");
    } else if (const TrackStatus* track = status_.unknown_track()) {
      say(result_.because, name_of(*track), " has no result yet");
      say(result_.changes, name_of(*track), " has one: it preempts");
    } else if (config_.preempt_delay > vrrp::Duration::zero()) {
      say(result_.because, "preempt_delay = ", config_.preempt_delay);
    } else if (!instance_.sync_group.empty()) {
      say(result_.because, "it waits for the other members of ", instance_.sync_group);
    }
  }

  /// The priority, if its parts came to this much more.
  [[nodiscard]] std::uint8_t with(std::int32_t more) const {
    std::int32_t sum = status_.by_members + more;
    for (const TrackStatus& track : status_.tracks) sum += track.applied;
    return vrrp::effective_priority(config_.priority, sum);
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
  append(out, ", priority ", instance.status.priority,
         instance.is_stale ? "; the vrrp process is away, this is the last that is known\n" : "\n");
  const Explanation explanation = explain(instance);
  append_lines(out, "because", explanation.because);
  append_lines(out, "if     ", explanation.changes);
}

}  // namespace evenkeel::daemon
