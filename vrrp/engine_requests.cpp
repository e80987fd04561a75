// The writer's requests to the engine (engine_messages.h).
#include <utility>

#include "vrrp/engine.h"
#include "vrrp/sync_group.h"

namespace evenkeel::vrrp {

void Engine::on(AddRouter& request, TimePoint) {
  routers_.add(request);
  rival_watch_.forget_routers();
}

void Engine::on(RemoveRouter& request, TimePoint) {
  Router* router = routers_.find(request.id);
  if (router == nullptr) return;
  if (auto sockets = router->take_sockets()) told_.emplace_back(Released{std::move(sockets)});
  routers_.remove(request.id);
  rival_watch_.forget_routers();
  receivers_.forget();
  conflicts_.is_stale = true;
}

void Engine::on(SetLink& request, TimePoint now) {
  Router* router = routers_.find(request.id);
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
    frames_.is_active = true;
  }
  if (is_other_mac && router->is_listening()) {
    router->listen(now);
    router->start_probing();
    frames_.is_active = true;
  }
  receivers_.forget();
  conflicts_.is_stale = true;
}

void Engine::on(SetGroups& request, TimePoint) {
  routers_.set_groups(request);
}

void Engine::on(Deliver& request, TimePoint now) {
  Router* router = routers_.find(request.id);
  if (router == nullptr) return;
  if (const RouterTable::Group* group = routers_.group_of(*router)) {
    const Duration limit = group_leave_limit(group->members);
    if (auto* leave = std::get_if<Leave>(&request.event)) leave->at_least = limit;
    if (auto* resume = std::get_if<ResumeLeaving>(&request.event)) resume->at_least = limit;
  }
  dispatch(*router, request.event, now);
}

void Engine::on(SetHostMacs& request, TimePoint) {
  rival_watch_.set_host_macs(std::move(request.macs));
}

void Engine::on(SetGateways& request, TimePoint now) {
  gateways_.set(std::move(request), now);
}

void Engine::on(Echo& request, TimePoint) {
  told_.emplace_back(request);
}

}  // namespace evenkeel::vrrp
