#include "vrrp/predecessor.h"

#include <algorithm>

namespace evenkeel::vrrp {

Beginning beginning_of(const std::optional<PageRecord>& record, bool has_any, Duration interval,
                       TimePoint now) {
  if (!record) return Beginning::Fresh;
  const Past past{.was_master = record->state == PageState::Master,
                  .left_unanswered = record->state == PageState::LeftUnanswered,
                  .last_advertisement = record->last_advertisement,
                  .has_addresses = has_any};
  if (may_resume(past, interval, now)) return Beginning::Resume;
  const bool is_released = record->state == PageState::NotMaster || !has_any;
  return is_released ? Beginning::Fresh : Beginning::Release;
}

void agree(std::span<Beginning> members) {
  const auto resumes = [](Beginning each) { return each == Beginning::Resume; };
  if (std::all_of(members.begin(), members.end(), resumes)) return;
  std::replace(members.begin(), members.end(), Beginning::Resume, Beginning::Release);
}

std::vector<Event> start_events(Beginning beginning, bool may_stay, bool is_owner) {
  const bool stays = may_stay || is_owner;
  switch (beginning) {
    case Beginning::Fresh:
      break;
    case Beginning::Release:
      if (stays) return {Startup{.release = true}};
      return {Startup{.release = true}, HoldChanged{true}};
    case Beginning::Resume:
      if (stays) return {Resume{}};
      return {Resume{}, Leave{LeaveFor::Failover}};
  }
  return {Startup{}};
}

}  // namespace evenkeel::vrrp
