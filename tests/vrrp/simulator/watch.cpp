#include "watch.h"

#include <algorithm>

#include "track_plans.h"
#include "vrrp/timers.h"
#include "world.h"

namespace evenkeel::vrrp::simulator {
namespace {

using namespace std::chrono_literals;

/// A writer that is well does a handful of orders within this, and a netlink message arrives.
constexpr Duration kWriting = 100ms;

std::string node_text(std::size_t node, std::size_t router) {
  return "node " + std::to_string(node) + ", router " + std::to_string(router) + ": ";
}

std::string text(Duration time) {
  return std::to_string(std::chrono::duration<double, std::milli>(time).count()) + " ms";
}

}  // namespace

Watch::Watch(const World& world) : world_(world) {
  for (const Fault& fault : world.scenario().faults) {
    const bool can_lose = fault.kind == FaultKind::Rough || fault.kind == FaultKind::OneWay ||
                          fault.kind == FaultKind::RefusedSends;
    can_lose_final_advertisements_ = can_lose_final_advertisements_ || can_lose;
    are_intervals_mixed_ = are_intervals_mixed_ || fault.kind == FaultKind::Interval;
    is_split_ = is_split_ || can_lose || fault.kind == FaultKind::Partition;
  }
}

std::optional<std::string> Watch::check() {
  for (std::size_t router = 0; router < world_.scenario().routers; ++router) {
    if (auto what = two_masters(router)) return what;
    if (auto what = two_owners(router)) return what;
    if (auto what = stray_address(router)) return what;
    if (auto what = master_without_address(router)) return what;
    if (auto what = usurper(router)) return what;
    if (auto what = mute_master(router)) return what;
    if (world_.elapsed() >= world_.scenario().faults_from) {
      if (auto what = gap(router)) return what;
      if (auto what = mastership_moved(router)) return what;
    }
    if (world_.elapsed() >= world_.scenario().settled_at) {
      if (auto what = movement(router)) return what;
    }
  }
  return group_apart();
}

std::optional<std::string> Watch::check_end() const {
  for (std::size_t router = 0; router < world_.scenario().routers; ++router) {
    if (auto what = election(router)) return what;
  }
  if (world_.scenario().is_grouped) {
    for (const auto& node : world_.nodes()) {
      if (node->is_serving(0) != node->is_serving(1)) return "a group that is apart in the end";
    }
  }
  return std::nullopt;
}

// Once packets flow, the better Master's next advertisement ends it: at most one interval (its
// first one waits for the writer, at most 20 ms or half an interval), its way, and a wake-up.
std::optional<std::string> Watch::two_masters(std::size_t router) {
  const auto& nodes = world_.nodes();
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    for (std::size_t b = a + 1; b < nodes.size(); ++b) {
      const bool is_so = nodes[a]->is_serving(router) && nodes[b]->is_serving(router) &&
                         share(a, b, router) && world_.flows(a, b, router);
      const Duration lasting = two_masters_[router][a][b].update(is_so, world_.now());
      if (lasting > longest_contest()) {
        return node_text(a, router) + "two Masters for " + text(lasting);
      }
    }
  }
  return std::nullopt;
}

Duration Watch::longest_contest() const {
  const Duration interval = world_.scenario().longest_interval;
  return interval + std::min<Duration>(20ms, interval / 2) + kDelivery + 2 * kWakeUp;
}

bool Watch::share(std::size_t a, std::size_t b, std::size_t router) const {
  return (world_.nodes()[a]->wanted(router) & world_.nodes()[b]->wanted(router)) != 0;
}

// The same of the addresses themselves, while lists change: until the writer has removed them. Who
// leaves keeps them until its successor is heard.
std::optional<std::string> Watch::two_owners(std::size_t router) {
  if (world_.scenario().profile != Profile::Lists) return std::nullopt;
  const auto& nodes = world_.nodes();
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    for (std::size_t b = a + 1; b < nodes.size(); ++b) {
      const bool is_so = (nodes[a]->addresses(router) & nodes[b]->addresses(router)) != 0;
      const Duration lasting = two_owners_[router][a][b].update(is_so, world_.now());
      if (lasting > longest_contest() + kWriting) {
        return node_text(a, router) + "an address on two nodes for " + text(lasting);
      }
    }
  }
  return std::nullopt;
}

// Whoever is not Master has no address, as soon as the writer has removed it; unless nobody took
// over from it.
std::optional<std::string> Watch::stray_address(std::size_t router) {
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    const bool is_so = node.is_writer_well() && node.has_address(router) &&
                       node.instance(router).state() != State::Master &&
                       node.instance(router).reason() != Reason::LeftUnanswered;
    if (stray_[router][i].update(is_so, world_.now()) > kWriting) {
      return node_text(i, router) + "an address where there is no Master";
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::master_without_address(std::size_t router) {
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    const bool is_so =
        node.is_writer_well() && !node.has_address(router) && node.is_serving(router);
    if (bare_master_[router][i].update(is_so, world_.now()) > kWriting) {
      return node_text(i, router) + "a Master without its address";
    }
  }
  return std::nullopt;
}

// While a Master advertises, and its advertisements arrive, nobody takes over unless it preempts:
// neither who was stopped, nor who was restarted, nor on the word of a third.
std::optional<std::string> Watch::usurper(std::size_t router) {
  const auto& nodes = world_.nodes();
  const Duration interval = world_.scenario().longest_interval;
  Duration serving[3] = {};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const bool is_so = nodes[i]->is_serving(router) && nodes[i]->is_well(router);
    serving[i] = serving_[router][i].update(is_so, world_.now());
  }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Node& node = *nodes[i];
    const bool is_serving = node.is_serving(router);
    if (node.is_running() && node.instance(router).state() == State::Backup) {
      backup_reason_[router][i] = node.instance(router).reason();
    }
    const std::uint64_t transitions = nodes[i]->transitions(router);
    if (transitions != moves_[router][i]) moved_at_[router][i] = world_.now();
    moves_[router][i] = transitions;
    const bool is_new = is_serving && !was_serving_[router][i];
    was_serving_[router][i] = is_serving;
    for (std::size_t j = 0; j < nodes.size(); ++j) {
      if (i == j) continue;
      const Duration clean =
          reaches_[router][j][i].update(world_.reaches(j, i, router), world_.now());
      const Duration clear =
          clear_[router][i][j].update(world_.is_clear(i, j, router), world_.now());
      const Duration sharing = sharing_[router][i][j].update(share(i, j, router), world_.now());
      const Duration known = std::min({clean, clear, serving[j], sharing});
      if (!is_serving || known < 2 * interval) continue;
      // It has been away for so long that the other one had to take over: it gives way.
      if (moved_at_[router][i] != world_.now() && node.slept() > 4 * interval &&
          !node.has_overflowed_since(world_.now() - node.slept())) {
        return node_text(i, router) + "goes on after a sleep";
      }
      if (!is_new || known < 4 * interval) continue;
      if (!is_entitled(node, *nodes[j], router)) {
        return node_text(i, router) + "takes over from a Master that is well";
      }
    }
  }
  return std::nullopt;
}

/// It has just begun, and knows its own interval only; or its socket was full, and what it heard
/// last was old: then it listens once more if it was late by more than an interval.
bool Watch::may_have_missed(const Node& node, const Node& master, std::size_t router) const {
  const Duration interval = world_.scenario().longest_interval;
  const bool is_faster = node.instance(router).config().advertisement_interval <
                         master.instance(router).config().advertisement_interval;
  const bool has_missed_some = node.has_overflowed_since(world_.now() - 4 * interval);
  return (is_faster && backup_reason_[router][node.number()] == Reason::Started) ||
         (are_intervals_mixed_ && (is_split_ || has_missed_some)) ||
         (has_missed_some && world_.now() - node.received_at() < 5 * interval + kDelivery);
}

bool Watch::is_entitled(const Node& node, const Node& master, std::size_t router) const {
  const InstanceStatus status = node.instance(router).status();
  switch (status.reason) {
    case Reason::Preempting:
      return true;
    case Reason::AddressOwner:
      return status.priority == kOwnerPriority;
    case Reason::Resumed:
      return node.has_resumed_unanswered(router);
    case Reason::MasterReleased:
      // Where there were two Masters the one that we went by may have released.
      return is_split_;
    case Reason::MasterDownTimerExpired:
      return may_have_missed(node, master, router);
    case Reason::NotStarted:
    case Reason::InterfaceMissing:
    case Reason::UnicastInterfaceMissing:
    case Reason::UnicastInterfaceDown:
    case Reason::InterfaceDown:
    case Reason::NoSourceAddress:
    case Reason::AdvertisementTooLong:
    case Reason::NotRealTime:
    case Reason::SocketRefused:
    case Reason::SendRefused:
    case Reason::AddressesRefused:
    case Reason::AddressesContested:
    case Reason::TrackFailed:
    case Reason::GroupMemberDown:
    case Reason::Stopped:
    case Reason::LeftUnanswered:
    case Reason::Started:
    case Reason::BetterMaster:
    case Reason::LateMaster:
    case Reason::GroupMemberLeft:
    case Reason::HandedOver:
    case Reason::AddressConflict:
    case Reason::NobodyAnswered:
    case Reason::Leaving:
    case Reason::TooLateToResume:
      return false;
  }
  return false;
}

// Who may not send hears of it with its next advertisement, and gives up three intervals later.
std::optional<std::string> Watch::mute_master(std::size_t router) {
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    const bool is_so = node.is_serving(router) && node.is_refused_to_send() && !node.is_hogged();
    if (mute_master_[router][i].update(is_so, world_.now()) >
        5 * world_.scenario().longest_interval) {
      return node_text(i, router) + "a Master that may not send";
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::group_apart() {
  if (!world_.scenario().is_grouped) return std::nullopt;
  for (const auto& node : world_.nodes()) {
    for (std::size_t router = 0; router < 2; ++router) {
      if (node->is_serving(router) && node->instance(1 - router).state() != State::Master) {
        return node_text(node->number(), router) + "Master without the other member";
      }
    }
  }
  return std::nullopt;
}

// Nothing but what crashes or cuts takes the address away from everybody.
std::optional<std::string> Watch::gap(std::size_t router) {
  const Profile profile = world_.scenario().profile;
  // The lease of a dead process may end first. World::dropped() watches the living.
  if (profile == Profile::Late) return long_gap(router);
  // Where nobody may serve it is nowhere; World::dropped() watches who lets go.
  if (profile == Profile::Chaos || profile == Profile::Tracks) return std::nullopt;
  const AddressBits always = world_.scenario().always;
  unsigned held = 0;
  for (const auto& node : world_.nodes()) held |= node->addresses(router);
  if ((held & always) == always) return std::nullopt;
  return "router " + std::to_string(router) + ": the address is nowhere";
}

// Nobody has the address, and a node runs all the while: it waits for a Master_Down_Interval that
// began with the last advertisement, listens one interval more where it was late, or asks once more
// who answers; or it leaves, and comes back because nobody else does.
std::optional<std::string> Watch::long_gap(std::size_t router) {
  const Scenario& scenario = world_.scenario();
  const auto& nodes = world_.nodes();
  const bool is_nowhere = std::none_of(nodes.begin(), nodes.end(),
                                       [&](const auto& node) { return node->has_address(router); });
  const Duration limit = master_down_interval(scenario.version, 1, scenario.interval) +
                         std::max<Duration>(scenario.interval, 1s) +
                         longest_leave(scenario.version, scenario.interval) + kWriting;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Duration lasting =
        without_address_[router][i].update(is_nowhere && nodes[i]->is_running(), world_.now());
    if (lasting > limit) {
      return node_text(i, router) + "runs, and the address is nowhere for " + text(lasting);
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::mastership_moved(std::size_t router) {
  if (world_.scenario().profile != Profile::Respawn) return std::nullopt;
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    if (!world_.nodes()[i]->is_serving(router)) continue;
    if (!master_[router]) master_[router] = i;
    if (master_[router] != i) return node_text(i, router) + "mastership has moved";
  }
  return std::nullopt;
}

std::optional<std::string> Watch::movement(std::size_t router) {
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const std::uint64_t count = world_.nodes()[i]->transitions(router);
    auto& before = transitions_[router][i];
    if (before && *before != count) return node_text(i, router) + "moves in the quiet";
    before = count;
  }
  return std::nullopt;
}

/// One Master, and it is the one that the sums say.
std::optional<std::string> Watch::sums(std::size_t router, const Node* master) const {
  const auto priority_of = [&](const Node& node) {
    return priority_in_the_end(world_.scenario(), node.number(), router);
  };
  if (master != nullptr && !priority_of(*master)) {
    return node_text(master->number(), router) + "is Master with a fault";
  }
  for (const auto& node : world_.nodes()) {
    const auto priority = priority_of(*node);
    const InstanceStatus status = node->instance(router).status();
    if (!priority) {
      if (status.state == State::Initialize) continue;
      return node_text(node->number(), router) + "has a fault, and takes part";
    }
    if (status.priority != *priority) {
      return node_text(node->number(), router) + "has priority " + std::to_string(status.priority) +
             ", and the sums say " + std::to_string(*priority);
    }
    if (master == nullptr) return node_text(node->number(), router) + "could be Master";
    const InstanceConfig& config = node->instance(router).config();
    const int margin = *priority == kOwnerPriority ? 0 : config.preempt_margin;
    bool is_held = status.is_held;
    if (world_.scenario().is_grouped) is_held |= node->instance(1 - router).status().is_held;
    if (config.preempt && !is_held && *priority > *priority_of(*master) + margin) {
      return node_text(node->number(), router) + "is better than the Master by the sums";
    }
  }
  return std::nullopt;
}

std::optional<std::string> Watch::election(std::size_t router) const {
  const Node* master = nullptr;
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    if (node.is_serving(router)) {
      if (master) return node_text(i, router) + "two Masters in the end";
      master = &node;
    }
  }
  if (world_.scenario().profile == Profile::Tracks) {
    const auto what = sums(router, master);
    if (what || !master) return what;
  }
  if (!master) return "router " + std::to_string(router) + ": no Master in the end";
  if (!master->has_address(router)) return "the Master has no address in the end";
  // A Master that gives way to a better one sends a final advertisement, and that one announces
  // again; unless it was lost, or refused: then the neighbours learn it by the slow refresh.
  const Node& known = *world_.nodes()[world_.announced_by(router).value()];
  if (&known != master && known.is_running() && !can_lose_final_advertisements_) {
    const Reason reason = known.instance(router).reason();
    if (reason == Reason::BetterMaster || reason == Reason::GroupMemberLeft) {
      return node_text(known.number(), router) + "what the neighbours know in the end";
    }
  }
  const std::uint8_t priority = master->instance(router).status().priority;
  for (std::size_t i = 0; i < world_.nodes().size(); ++i) {
    const Node& node = *world_.nodes()[i];
    if (&node == master || !node.is_running()) continue;
    if (node.has_address(router)) return node_text(i, router) + "has the address, too";
    const InstanceStatus status = node.instance(router).status();
    bool is_held = status.is_held;
    if (world_.scenario().is_grouped) is_held |= node.instance(1 - router).status().is_held;
    const InstanceConfig& config = node.instance(router).config();
    // Of the others the sums are asked.
    const bool has_failed = status.state == State::Initialize;
    const bool is_wanted = config.preempt && !is_held && !has_failed;
    if (is_wanted && status.priority > priority + config.preempt_margin) {
      return node_text(i, router) + "is better than the Master, and did not preempt";
    }
  }
  return std::nullopt;
}

}  // namespace evenkeel::vrrp::simulator
