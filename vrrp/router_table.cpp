#include "vrrp/router_table.h"

#include <algorithm>
#include <utility>

namespace evenkeel::vrrp {

Router* RouterTable::find(RouterId id) const {
  const auto slot = slots_.find(id);
  return slot == slots_.end() ? nullptr : routers_[slot->second].get();
}

void RouterTable::add(const AddRouter& request) {
  slots_.emplace(request.id, routers_.size());
  routers_.push_back(std::make_unique<Router>(request));
  deadlines_.push_back(TimePoint::max());
  are_groups_stale_ = true;
}

void RouterTable::remove(RouterId id) {
  // The last one takes its place.
  const std::size_t slot = slots_.at(id);
  slots_[routers_.back()->id()] = slot;
  slots_.erase(id);
  std::swap(routers_[slot], routers_.back());
  std::swap(deadlines_[slot], deadlines_.back());
  routers_.pop_back();
  deadlines_.pop_back();
  are_groups_stale_ = true;
}

void RouterTable::note_deadline(const Router& router) {
  deadlines_[slots_.at(router.id())] = router.instance().deadline().value_or(TimePoint::max());
}

TimePoint RouterTable::first_deadline() const {
  TimePoint first = TimePoint::max();
  for (const TimePoint deadline : deadlines_) first = std::min(first, deadline);
  return first;
}

std::span<Router* const> RouterTable::due(TimePoint now) {
  due_.clear();
  for (std::size_t slot = 0; slot < deadlines_.size(); ++slot) {
    if (deadlines_[slot] <= now) due_.push_back(routers_[slot].get());
  }
  return due_;
}

void RouterTable::set_groups(SetGroups& request) {
  groups_.clear();
  for (auto& ids : request.groups) {
    Group& group = groups_.emplace_back();
    group.ids = std::move(ids);
  }
  are_groups_stale_ = true;
}

void RouterTable::rebuild_groups() {
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

const RouterTable::Group* RouterTable::group_of(const Router& router) {
  rebuild_groups();
  const auto number = group_numbers_.find(router.id());
  return number == group_numbers_.end() ? nullptr : &groups_[number->second];
}

}  // namespace evenkeel::vrrp
