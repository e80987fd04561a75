// The routers of the engine, their deadlines and their sync groups.
//
// Engine's thread only.
#pragma once

#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "vrrp/router.h"

namespace evenkeel::vrrp {

class RouterTable {
 public:
  struct Group {
    std::vector<RouterId> ids;
    std::vector<Router*> routers;  ///< every member; empty while one is not added yet
    std::vector<const Instance*> members;
  };

  /// In no order.
  [[nodiscard]] const std::vector<std::unique_ptr<Router>>& all() const { return routers_; }
  /// nullptr: there is none.
  [[nodiscard]] Router* find(RouterId id) const;
  void add(const AddRouter& request);
  void remove(RouterId id);

  /// After each event of a router.
  void note_deadline(const Router& router);
  /// max(): there is none.
  [[nodiscard]] TimePoint first_deadline() const;
  /// Valid until the next call.
  [[nodiscard]] std::span<Router* const> due(TimePoint now);

  void set_groups(SetGroups& request);
  /// Made anew where routers or groups have changed, once for many changes.
  void rebuild_groups();
  /// nullptr: the router is on its own, or a member of its group is not here yet.
  [[nodiscard]] const Group* group_of(const Router& router);

 private:
  std::vector<std::unique_ptr<Router>> routers_;
  std::vector<TimePoint> deadlines_;  ///< of the instances, in the same order; max(): none
  std::unordered_map<RouterId, std::size_t> slots_;  ///< where in routers_
  std::vector<Router*> due_;
  std::vector<Group> groups_;
  std::unordered_map<RouterId, std::size_t> group_numbers_;  ///< of routers whose group is whole
  bool are_groups_stale_ = false;
};

}  // namespace evenkeel::vrrp
