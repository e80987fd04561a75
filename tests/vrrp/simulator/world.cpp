#include "world.h"

#include <algorithm>
#include <ostream>

#include "track_plans.h"

namespace evenkeel::vrrp::simulator {

using namespace std::chrono_literals;

World::World(const Scenario& scenario, std::ostream* trace)
    : scenario_(scenario), trace_(trace), random_(~scenario.seed), watch_(*this) {
  heap_.reserve(256);
  for (std::size_t i = 0; i < scenario.nodes.size(); ++i) {
    nodes_.push_back(std::make_unique<Node>(*this, static_cast<std::uint8_t>(i)));
    nodes_.back()->start(scenario.nodes[i].starts_at);
  }
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    push({kStart + scenario.faults[i].at, 0, Kind::Fault, {}, {}, i});
  }
}

std::optional<std::string> World::run() {
  const TimePoint end = kStart + scenario_.ends_at;
  while (!heap_.empty() && heap_.front().at <= end) {
    std::pop_heap(heap_.begin(), heap_.end());
    const Event event = heap_.back();
    heap_.pop_back();
    now_ = event.at;
    switch (event.kind) {
      case Kind::Timer:
        nodes_[event.timer.node]->on(event.timer);
        break;
      case Kind::Packet:
        nodes_[event.index]->receive(event.packet);
        break;
      case Kind::Conflict:
        nodes_[event.index]->hear_conflict(event.packet.router);
        break;
      case Kind::Fault:
        begin(scenario_.faults[event.index]);
        break;
      case Kind::FaultEnd:
        World::end(scenario_.faults[event.index]);
        break;
    }
    if (!failure_) failure_ = watch_.check();
    if (failure_) {
      return std::to_string(std::chrono::duration<double, std::milli>(elapsed()).count()) +
             " ms: " + *failure_;
    }
  }
  return watch_.check_end();
}

void World::push(Event event) {
  event.order = order_++;
  heap_.push_back(event);
  std::push_heap(heap_.begin(), heap_.end());
}

void World::schedule(const Timer& timer, TimePoint at) {
  push({at, 0, Kind::Timer, timer, {}, 0});
}

void World::send(const Packet& packet) {
  if (packet.priority == 0 && lost_priority_zero_ > 0) return;
  for (std::size_t to = 0; to < nodes_.size(); ++to) {
    if (to == packet.from || lost_[packet.from][to][packet.router] > 0) continue;
    for (bool is_again = true; is_again;) {
      is_again = rough_ > 0 && random_.percent(3);
      if (rough_ > 0 && random_.percent(scenario_.loss_percent)) continue;
      const bool is_delayed = rough_ > 0 && random_.percent(30);
      const Duration longest = is_delayed ? 2 * scenario_.interval : kDelivery;
      push({now_ + random_.between(20us, longest), 0, Kind::Packet, {}, packet, to});
    }
  }
}

void World::probe(std::uint8_t node, std::size_t router) {
  for (std::size_t other = 0; other < nodes_.size(); ++other) {
    const bool answers = other != node &&
                         (nodes_[other]->addresses(router) & nodes_[node]->wanted(router)) != 0 &&
                         nodes_[other]->is_linked(router) && lost_[node][other][router] == 0 &&
                         lost_[other][node][router] == 0;
    if (!answers) continue;
    Packet answer;
    answer.router = static_cast<std::uint8_t>(router);
    push({now_ + random_.between(40us, 2 * kDelivery), 0, Kind::Conflict, {}, answer, node});
  }
}

/// Never first: somebody else has it by then. In Chaos it may have been told that he has.
void World::dropped(std::uint8_t node, std::size_t router) {
  if (scenario_.profile == Profile::Chaos) return;
  for (const auto& each : nodes_) {
    if (each->has_address(router)) return;
  }
  if (scenario_.profile == Profile::Tracks && !has_heir(node)) return;
  fail("node " + std::to_string(node) + ", router " + std::to_string(router) +
       ": dropped the address, and nobody has it");
}

void World::fail(std::string what) {
  if (!failure_) failure_ = std::move(what);
}

bool World::flows(std::size_t a, std::size_t b, std::size_t router) const {
  return rough_ == 0 && lost_[a][b][router] == 0 && lost_[b][a][router] == 0 &&
         nodes_[a]->is_well(router) && nodes_[b]->is_well(router);
}

bool World::is_clear(std::size_t a, std::size_t b, std::size_t router) const {
  return rough_ == 0 && lost_[a][b][router] == 0 && lost_[b][a][router] == 0 &&
         nodes_[a]->is_linked(router) && nodes_[b]->is_linked(router);
}

bool World::reaches(std::size_t from, std::size_t to, std::size_t router) const {
  return rough_ == 0 && lost_[from][to][router] == 0 && nodes_[from]->is_well(router) &&
         nodes_[to]->is_linked(router);
}

Node* World::master() {
  for (const auto& node : nodes_) {
    bool is_master = true;
    for (std::size_t router = 0; router < scenario_.routers; ++router) {
      is_master = is_master && node->is_serving(router);
    }
    if (is_master) return node.get();
  }
  return nullptr;
}

/// Somebody who may serve, and has listened for long enough to take over.
bool World::has_heir(std::uint8_t leaver) const {
  return std::any_of(nodes_.begin(), nodes_.end(), [&](const auto& node) {
    if (node->number() == leaver || !node->is_running()) return false;
    for (std::size_t router = 0; router < scenario_.routers; ++router) {
      const InstanceStatus status = node->instance(router).status();
      if (status.state == State::Initialize) return false;
      const Duration down = master_down_interval(scenario_.version, 1, scenario_.interval);
      if (now_ - status.since < 2 * down) return false;
    }
    return true;
  });
}

bool World::has_listener(const Node& leaver) const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [&](const auto& node) { return node->listens_to(leaver); });
}

void World::begin(const Fault& fault) {
  if (trace_) *trace_ << "--- " << to_text(fault) << "\n";
  if (fault.lasts > 0s) {
    const auto index = static_cast<std::size_t>(&fault - scenario_.faults.data());
    push({now_ + fault.lasts, 0, Kind::FaultEnd, {}, {}, index});
    change(fault, 1);
  }
  if (Node* node = victim(fault)) befall(*node, fault);
}

void World::end(const Fault& fault) {
  if (trace_) *trace_ << "--- end of " << to_text(fault) << "\n";
  change(fault, -1);
  for (const auto& each : nodes_) {
    if (fault.kind == FaultKind::FailoverMaster) each->command(HoldChanged{false});
    if (fault.kind == FaultKind::Interval) each->set_interval(interval_of(fault));
  }
}

Duration World::interval_of(const Fault& fault) const {
  return (fault.value % 2 == 0 ? kSlower : 1) * scenario_.interval;
}

/// Whom it befalls; nobody: there is no such node now.
Node* World::victim(const Fault& fault) {
  const FaultKind kind = fault.kind;
  if (kind == FaultKind::KillVrrpOfMaster) return killed_ = master();
  if (kind == FaultKind::ReleaseMaster || kind == FaultKind::StopMaster ||
      kind == FaultKind::FailoverMaster) {
    Node* leaver = master();
    return leaver && has_listener(*leaver) ? leaver : nullptr;
  }
  Node& node = *nodes_[fault.node];
  // Late: the peers of a Master whose vrrp process is dead, not that node itself.
  if (kind == FaultKind::PowerOff && &node == killed_) return nullptr;
  const bool is_spared = scenario_.profile != Profile::Chaos;
  const bool is_leaving = node.is_leaving() || node.is_stopping();
  return kind == FaultKind::KillVrrp && is_spared && is_leaving ? nullptr : &node;
}

/// What happens once.
void World::befall(Node& node, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::KillVrrp:
    case FaultKind::KillVrrpOfMaster:
      return node.kill_vrrp(fault.lasts);
    case FaultKind::KillAll:
    case FaultKind::KillAllAndRelease:
    case FaultKind::ReleaseMaster:
      return node.kill_all(fault.kind != FaultKind::KillAll, fault.lasts);
    case FaultKind::PowerOff:
      return node.power_off(fault.lasts);
    case FaultKind::Stop:
    case FaultKind::StopMaster:
      return node.stop(fault.lasts);
    case FaultKind::Failover:
    case FaultKind::FailoverMaster:
      return node.failover();
    case FaultKind::EndHold:
      return node.command(HoldChanged{false});
    case FaultKind::LoseAddress:
      return node.lose_address(fault.router);
    case FaultKind::Priority:
      return node.set_priority(fault.value);
    case FaultKind::Interval:
      return node.set_interval(interval_of(fault));
    case FaultKind::List:
      return node.set_list(fault.value);
    case FaultKind::Track:
      return judge_track(node, fault);
    case FaultKind::Quiet:
      for (const auto& each : nodes_) {
        each->recover(!scenario_.nodes[each->number()].stays_stopped);
      }
      return;
    case FaultKind::Pause:
    case FaultKind::LostPriorityZero:
    case FaultKind::LinkDown:
    case FaultKind::Partition:
    case FaultKind::OneWay:
    case FaultKind::Rough:
    case FaultKind::Hog:
    case FaultKind::SlowWriter:
    case FaultKind::RefusedSends:
    case FaultKind::RefusedAddresses:
      return;
  }
}

/// What lasts: one fault more (1) or less (-1).
void World::change(const Fault& fault, int by) {
  Node& node = *nodes_[fault.node];
  switch (fault.kind) {
    case FaultKind::Pause:
      return by > 0 ? node.pause() : node.carry_on();
    case FaultKind::LostPriorityZero:
      lost_priority_zero_ += by;
      return;
    case FaultKind::LinkDown:
      return node.set_link(fault.router, by < 0);
    case FaultKind::Partition:
      lost_[fault.peer][fault.node][fault.router] += by;
      [[fallthrough]];
    case FaultKind::OneWay:
      lost_[fault.node][fault.peer][fault.router] += by;
      return;
    case FaultKind::Rough:
      rough_ += by;
      return;
    case FaultKind::Hog:
      return node.set_hogged(by);
    case FaultKind::SlowWriter:
      return node.set_slow_writer(by);
    case FaultKind::RefusedSends:
      return node.set_refused_sends(by);
    case FaultKind::RefusedAddresses:
      return node.set_refused_addresses(by);
    case FaultKind::KillVrrp:
    case FaultKind::KillVrrpOfMaster:
    case FaultKind::KillAll:
    case FaultKind::KillAllAndRelease:
    case FaultKind::ReleaseMaster:
    case FaultKind::PowerOff:
    case FaultKind::Stop:
    case FaultKind::StopMaster:
    case FaultKind::Failover:
    case FaultKind::FailoverMaster:
    case FaultKind::EndHold:
    case FaultKind::LoseAddress:
    case FaultKind::Priority:
    case FaultKind::Interval:
    case FaultKind::List:
    case FaultKind::Track:
    case FaultKind::Quiet:
      return;
  }
}

/// A track of the group is one of each member.
void World::judge_track(Node& node, const Fault& fault) {
  const TrackConfig* track = track_of(scenario_, fault);
  if (track == nullptr) return;
  for (std::size_t router = 0; router < scenario_.routers; ++router) {
    if (fault.router == router || fault.router == kMaxRoutersDrawn) {
      node.judge(router, judged(*track, fault));
    }
  }
}

}  // namespace evenkeel::vrrp::simulator
