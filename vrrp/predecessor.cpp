#include "vrrp/predecessor.h"

#include <algorithm>

namespace evenkeel::vrrp {

PreviousRun previous_run_of(const std::optional<PageRecord>& record, bool has_any) {
  if (!record || record->state == PageState::NotMaster) return {};
  return {.was_master = record->state == PageState::Master,
          .left_unanswered = record->state == PageState::LeftUnanswered,
          .last_advertisement = record->last_advertisement,
          .has_addresses = has_any};
}

bool may_resume(const PreviousRun& previous, Duration interval, TimePoint now) {
  if (!previous.has_addresses) return false;
  if (previous.left_unanswered) return true;  // for as long as the kernel leaves them there
  return previous.was_master && 2 * (now - previous.last_advertisement) < 5 * interval;
}

StartMode start_mode_of(const PreviousRun& previous, Duration interval, TimePoint now) {
  if (may_resume(previous, interval, now)) return StartMode::Resume;
  return previous.has_addresses ? StartMode::HandOver : StartMode::Fresh;
}

void agree(std::span<StartMode> members) {
  const auto all = [&](StartMode mode) {
    return std::all_of(members.begin(), members.end(),
                       [&](StartMode each) { return each == mode; });
  };
  if (all(StartMode::Resume) || all(StartMode::Fresh)) return;
  std::fill(members.begin(), members.end(), StartMode::HandOver);
}

std::vector<Event> start_events(StartMode mode, const PreviousRun& previous, bool may_stay,
                                bool is_owner) {
  const bool stays = may_stay || is_owner;
  switch (mode) {
    case StartMode::Fresh:
      break;
    case StartMode::HandOver:
      if (is_owner) break;
      return {ResumeLeaving{.purpose = stays ? LeaveFor::TooLate : LeaveFor::Failover,
                            .last_advertisement = previous.last_advertisement,
                            .has_addresses = previous.has_addresses}};
    case StartMode::Resume:
      if (stays) return {Resume{}};
      return {Resume{}, Leave{LeaveFor::Failover}};
  }
  return {Startup{}};
}

}  // namespace evenkeel::vrrp
