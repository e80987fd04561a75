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
  const auto found = std::find_if(routers_.begin(), routers_.end(),
                                  [id](const auto& router) { return router->id() == id; });
  return found == routers_.end() ? nullptr : found->get();
}

void Engine::Loop::on(AddRouter& request, TimePoint) {
  routers_.push_back(std::make_unique<Router>(request));
  rival_watch_.forget_routers();
  rebuild_groups();
}

void Engine::Loop::on(RemoveRouter& request, TimePoint) {
  Router* router = find(request.id);
  if (router == nullptr) return;
  if (auto sockets = router->take_sockets()) told_.emplace_back(Released{std::move(sockets)});
  std::erase_if(routers_, [&](const auto& each) { return each->id() == request.id; });
  rival_watch_.forget_routers();
  rebuild_ears();
  rebuild_groups();
}

void Engine::Loop::on(SetLink& request, TimePoint) {
  Router* router = find(request.id);
  if (router == nullptr) return;
  const MacAddress mac = request.mac;
  const bool is_other_mac = router->mac() != mac && router->instance().state() == State::Master;
  if (auto before = router->set_link(std::move(request))) {
    told_.emplace_back(Released{std::move(before)});
  }
  rival_watch_.forget_routers();
  if (is_other_mac && mac != MacAddress{} && !router->instance().is_leaving()) {
    router->start_announcing();  // who knows the old one finds nobody there
  }
  rebuild_ears();
}

void Engine::Loop::on(SetGroups& request, TimePoint) {
  groups_.clear();
  for (auto& ids : request.groups) groups_.push_back({.ids = std::move(ids)});
  rebuild_groups();
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
  std::vector<Ear> ears;
  for (const auto& router : routers_) {
    const std::shared_ptr<Sockets> sockets = router->shared_sockets();
    if (!sockets) continue;
    auto ear = std::find_if(ears.begin(), ears.end(),
                            [&](const Ear& each) { return each.sockets == sockets; });
    if (ear == ears.end()) {
      ears.push_back({.sockets = sockets, .routers = {}, .drained = Clock::now()});
      ear = ears.end() - 1;
      for (const Ear& before : ears_) {
        if (before.sockets == sockets) ear->drained = before.drained;
      }
    }
    ear->routers[router->instance().config().virtual_router_id] = router.get();
  }
  for (Ear& before : ears_) told_.emplace_back(Released{std::move(before.sockets)});
  ears_ = std::move(ears);
}

void Engine::Loop::rebuild_groups() {
  for (Group& group : groups_) {
    group.routers.clear();
    group.members.clear();
    for (const RouterId id : group.ids) {
      if (Router* router = find(id)) group.routers.push_back(router);
    }
    if (group.routers.size() != group.ids.size()) group.routers.clear();
    for (const Router* router : group.routers) group.members.push_back(&router->instance());
  }
}

}  // namespace evenkeel::vrrp
