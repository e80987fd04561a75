#include "world.h"

#include <algorithm>
#include <ostream>

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
      case Kind::Claim:
        nodes_[event.index]->claimed(event.packet.router);
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
    Packet claim;
    claim.router = static_cast<std::uint8_t>(router);
    push({now_ + random_.between(40us, 2 * kDelivery), 0, Kind::Claim, {}, claim, node});
  }
}

/// Never first: somebody else has it by then. In Chaos it may have been told that he has.
void World::dropped(std::uint8_t node, std::size_t router) {
  if (scenario_.profile == Profile::Chaos) return;
  for (const auto& each : nodes_) {
    if (each->has_address(router)) return;
  }
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

bool World::has_listener(const Node& leaver) const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [&](const auto& node) { return node->listens_to(leaver); });
}

void World::begin(const Fault& fault) {
  if (trace_) *trace_ << "--- " << to_text(fault) << "\n";
  Node& node = *nodes_[fault.node];
  if (fault.lasts > 0s) {
    push({now_ + fault.lasts,
          0,
          Kind::FaultEnd,
          {},
          {},
          static_cast<std::size_t>(&fault - scenario_.faults.data())});
  }
  switch (fault.kind) {
    case FaultKind::Pause:
      if (fault.lasts > 0s) node.pause();
      return;
    case FaultKind::KillVrrp:
      if (scenario_.profile == Profile::Chaos || !(node.is_leaving() || node.is_stopping())) {
        node.kill_vrrp(fault.lasts);
      }
      return;
    case FaultKind::KillVrrpOfMaster:
      killed_ = master();
      if (killed_) killed_->kill_vrrp(fault.lasts);
      return;
    case FaultKind::KillAll:
    case FaultKind::KillAllAndRelease:
      return node.kill_all(fault.kind == FaultKind::KillAllAndRelease, fault.lasts);
    case FaultKind::ReleaseMaster: {
      Node* leaver = master();
      if (leaver && has_listener(*leaver)) leaver->kill_all(true, fault.lasts);
      return;
    }
    case FaultKind::PowerOff:
      // Late: the peers of a Master whose vrrp process is dead, not that node itself.
      if (&node == killed_) return;
      return node.power_off(fault.lasts);
    case FaultKind::LostPriorityZero:
      ++lost_priority_zero_;
      return;
    case FaultKind::Stop:
      return node.stop(fault.lasts);
    case FaultKind::StopMaster: {
      Node* leaver = master();
      if (leaver && has_listener(*leaver)) leaver->stop(fault.lasts);
      return;
    }
    case FaultKind::Failover:
      return node.failover();
    case FaultKind::FailoverMaster: {
      Node* leaver = master();
      if (leaver && has_listener(*leaver)) leaver->failover();
      return;
    }
    case FaultKind::EndHold:
      return node.command(HoldChanged{false});
    case FaultKind::LinkDown:
      if (fault.lasts > 0s) node.set_link(fault.router, false);
      return;
    case FaultKind::Partition:
    case FaultKind::OneWay:
      if (fault.lasts == 0s) return;
      ++lost_[fault.node][fault.peer][fault.router];
      if (fault.kind == FaultKind::Partition) ++lost_[fault.peer][fault.node][fault.router];
      return;
    case FaultKind::Rough:
      if (fault.lasts > 0s) ++rough_;
      return;
    case FaultKind::Hog:
      if (fault.lasts > 0s) node.set_hogged(1);
      return;
    case FaultKind::SlowWriter:
      if (fault.lasts > 0s) node.set_slow_writer(1);
      return;
    case FaultKind::RefusedSends:
      if (fault.lasts > 0s) node.set_refused_sends(1);
      return;
    case FaultKind::RefusedAddresses:
      if (fault.lasts > 0s) node.set_refused_addresses(1);
      return;
    case FaultKind::LoseAddress:
      return node.lose_address(fault.router);
    case FaultKind::Priority:
      return node.set_priority(fault.value);
    case FaultKind::Interval:
      return node.set_interval(fault.value % 2 == 0 ? kSlower * scenario_.interval
                                                    : scenario_.interval);
    case FaultKind::List:
      return node.set_list(fault.value);
    case FaultKind::Quiet:
      for (const auto& each : nodes_) {
        each->recover(!scenario_.nodes[each->number()].stays_stopped);
      }
      return;
  }
}

void World::end(const Fault& fault) {
  if (trace_) *trace_ << "--- end of " << to_text(fault) << "\n";
  Node& node = *nodes_[fault.node];
  switch (fault.kind) {
    case FaultKind::Pause:
      return node.carry_on();
    case FaultKind::FailoverMaster:
      for (const auto& each : nodes_) each->command(HoldChanged{false});
      return;
    case FaultKind::LinkDown:
      return node.set_link(fault.router, true);
    case FaultKind::Partition:
    case FaultKind::OneWay:
      --lost_[fault.node][fault.peer][fault.router];
      if (fault.kind == FaultKind::Partition) --lost_[fault.peer][fault.node][fault.router];
      return;
    case FaultKind::Rough:
      --rough_;
      return;
    case FaultKind::LostPriorityZero:
      --lost_priority_zero_;
      return;
    case FaultKind::Hog:
      return node.set_hogged(-1);
    case FaultKind::SlowWriter:
      return node.set_slow_writer(-1);
    case FaultKind::RefusedSends:
      return node.set_refused_sends(-1);
    case FaultKind::RefusedAddresses:
      return node.set_refused_addresses(-1);
    case FaultKind::Interval:
      for (const auto& each : nodes_) {
        each->set_interval(fault.value % 2 == 0 ? kSlower * scenario_.interval
                                                : scenario_.interval);
      }
      return;
    case FaultKind::KillVrrp:
    case FaultKind::KillVrrpOfMaster:
    case FaultKind::KillAll:
    case FaultKind::KillAllAndRelease:
    case FaultKind::ReleaseMaster:
    case FaultKind::PowerOff:
    case FaultKind::Stop:
    case FaultKind::StopMaster:
    case FaultKind::Failover:
    case FaultKind::EndHold:
    case FaultKind::LoseAddress:
    case FaultKind::Priority:
    case FaultKind::List:
    case FaultKind::Quiet:
      return;
  }
}

}  // namespace evenkeel::vrrp::simulator
