// What the writer's thread asks of the engine (engine.h).
#include <algorithm>
#include <utility>

#include "vrrp/engine_loop.h"
#include "vrrp/sync_group.h"

namespace evenkeel::vrrp {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Router* Engine::Loop::find(RouterId id) {
  const auto slot = slots_.find(id);
  return slot == slots_.end() ? nullptr : routers_[slot->second].get();
}

void Engine::Loop::on(AddRouter& request, TimePoint) {
  slots_.emplace(request.id, routers_.size());
  routers_.push_back(std::make_unique<Router>(request));
  deadlines_.push_back(TimePoint::max());
  rival_watch_.forget_routers();
  are_groups_stale_ = true;
}

void Engine::Loop::on(RemoveRouter& request, TimePoint) {
  Router* router = find(request.id);
  if (router == nullptr) return;
  if (auto sockets = router->take_sockets()) told_.emplace_back(Released{std::move(sockets)});
  // The last one takes its place.
  const std::size_t slot = slots_.at(request.id);
  slots_[routers_.back()->id()] = slot;
  slots_.erase(request.id);
  std::swap(routers_[slot], routers_.back());
  std::swap(deadlines_[slot], deadlines_.back());
  routers_.pop_back();
  deadlines_.pop_back();
  rival_watch_.forget_routers();
  are_ears_stale_ = true;
  are_groups_stale_ = true;
  are_claims_stale_ = true;
}

void Engine::Loop::on(SetLink& request, TimePoint now) {
  Router* router = find(request.id);
  if (router == nullptr) return;
  const MacAddress mac = request.mac;
  const bool is_other_mac = router->mac() != mac && mac != MacAddress{};
  if (auto before = router->set_link(std::move(request))) {
    told_.emplace_back(Released{std::move(before)});
  }
  rival_watch_.forget_routers();
  const Instance& instance = router->instance();
  // Who knows the old one finds nobody there; and answers go to it.
  if (is_other_mac && instance.state() == State::Master && !instance.is_leaving()) {
    router->start_announcing();
    is_announcing_ = true;
  }
  if (is_other_mac && router->is_listening()) {
    router->listen(now);
    router->start_probing();
    is_announcing_ = true;
  }
  are_ears_stale_ = true;
  are_claims_stale_ = true;
}

void Engine::Loop::on(SetGroups& request, TimePoint) {
  groups_.clear();
  for (auto& ids : request.groups) groups_.push_back({.ids = std::move(ids)});
  are_groups_stale_ = true;
}

void Engine::Loop::on(Deliver& request, TimePoint now) {
  Router* router = find(request.id);
  if (router == nullptr) return;
  if (const Group* group = group_of(*router)) {
    const Duration limit = group_leave_limit(group->members);
    if (auto* leave = std::get_if<Leave>(&request.event)) leave->at_least = limit;
    if (auto* resume = std::get_if<ResumeLeaving>(&request.event)) resume->at_least = limit;
  }
  dispatch(*router, request.event, now);
}

void Engine::Loop::on(SetHostMacs& request, TimePoint) {
  rival_watch_.set_host_macs(std::move(request.macs));
}

void Engine::Loop::on(Echo& request, TimePoint) {
  told_.emplace_back(request);
}

void Engine::Loop::rebuild_ears() {
  if (!std::exchange(are_ears_stale_, false)) return;
  std::unordered_map<const Sockets*, std::unique_ptr<Ear>> ears;
  for (const auto& router : routers_) {
    const std::shared_ptr<Sockets>& sockets = router->shared_sockets();
    if (!sockets) continue;
    std::unique_ptr<Ear>& ear = ears[sockets.get()];
    const auto before = ears_.find(sockets.get());
    if (!ear && before != ears_.end()) {
      ear = std::move(before->second);
      ear->routers.fill(nullptr);
    } else if (!ear) {
      ear = std::make_unique<Ear>();
      ear->sockets = sockets;
      ear->drained = Clock::now();
      ear->is_empty = false;  // somebody has joined, and packets may wait
      polled_.add(sockets->receive.fd(), ear.get());
    }
    ear->routers[router->instance().config().virtual_router_id] = router.get();
  }
  for (auto& [sockets, before] : ears_) {
    if (!before) continue;
    polled_.remove(before->sockets->receive.fd());
    told_.emplace_back(Released{std::move(before->sockets)});
  }
  ears_ = std::move(ears);
}

Engine::Loop::Ear* Engine::Loop::ear_of(const Router& router) const {
  const auto ear = ears_.find(router.shared_sockets().get());
  return ear == ears_.end() ? nullptr : ear->second.get();
}

void Engine::Loop::rebuild_groups() {
  if (!std::exchange(are_groups_stale_, false)) return;
  group_numbers_.clear();
  for (std::size_t number = 0; number < groups_.size(); ++number) {
    Group& group = groups_[number];
    group.routers.clear();
    group.members.clear();
    for (const RouterId id : group.ids) {
      if (Router* router = find(id)) group.routers.push_back(router);
    }
    if (group.routers.size() != group.ids.size()) group.routers.clear();
    for (const Router* router : group.routers) {
      group.members.push_back(&router->instance());
      group_numbers_.emplace(router->id(), number);
    }
  }
}

}  // namespace evenkeel::vrrp
