#include "vrrp/predecessor.h"

#include <algorithm>

namespace evenkeel::vrrp {

Past past_of(const std::optional<PageRecord>& record, bool has_any) {
  if (!record || record->state == PageState::NotMaster) return {};
  return {.was_master = record->state == PageState::Master,
          .left_unanswered = record->state == PageState::LeftUnanswered,
          .last_advertisement = record->last_advertisement,
          .has_addresses = has_any};
}

Beginning beginning_of(const Past& past, Duration interval, TimePoint now) {
  if (may_resume(past, interval, now)) return Beginning::Resume;
  return past.has_addresses ? Beginning::HandOver : Beginning::Fresh;
}

void agree(std::span<Beginning> members) {
  const auto all = [&](Beginning beginning) {
    return std::all_of(members.begin(), members.end(),
                       [&](Beginning each) { return each == beginning; });
  };
  if (all(Beginning::Resume) || all(Beginning::Fresh)) return;
  std::fill(members.begin(), members.end(), Beginning::HandOver);
}

std::vector<Event> start_events(Beginning beginning, const Past& past, bool may_stay,
                                bool is_owner) {
  const bool stays = may_stay || is_owner;
  switch (beginning) {
    case Beginning::Fresh:
      break;
    case Beginning::HandOver:
      if (is_owner) break;
      return {ResumeLeaving{.purpose = stays ? LeaveFor::TooLate : LeaveFor::Failover,
                            .last_advertisement = past.last_advertisement,
                            .has_addresses = past.has_addresses}};
    case Beginning::Resume:
      if (stays) return {Resume{}};
      return {Resume{}, Leave{LeaveFor::Failover}};
  }
  return {Startup{}};
}

}  // namespace evenkeel::vrrp
