#include "vrrp/predecessor.h"

#include <algorithm>

#include "vrrp/interface_use.h"

namespace evenkeel::vrrp {

std::vector<Event> start_events(const std::optional<PageRecord>& record, const Interface* interface,
                                const InstanceConfig& config, bool may_stay, TimePoint now) {
  if (!record) return {Startup{}};
  const Past past{.was_master = record->state == PageState::Master,
                  .left_unanswered = record->state == PageState::LeftUnanswered,
                  .last_advertisement = record->last_advertisement,
                  .has_addresses = has_all(interface, config)};
  if (!may_resume(past, config.advertisement_interval, now)) {
    return {
        Startup{.release = record->state != PageState::NotMaster && has_any(interface, config)}};
  }
  // An owner's addresses are the host's: it has nothing to hand over.
  if (may_stay || config.priority == kOwnerPriority) return {Resume{}};
  return {Resume{}, Leave{LeaveFor::Failover}};
}

bool is_taken_up(const InstalledAddress& leftover, const std::optional<PageRecord>& record,
                 const Interface* interface, const InstanceConfig& config) {
  if (!record || record->state == PageState::NotMaster || interface == nullptr) return false;
  const auto all = all_addresses(config);
  return interface->index == leftover.interface_index &&
         std::find(all.begin(), all.end(), leftover.address) != all.end();
}

}  // namespace evenkeel::vrrp
